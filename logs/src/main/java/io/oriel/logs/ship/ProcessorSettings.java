package io.oriel.logs.ship;

import com.google.re2j.Pattern;
import io.oriel.logs.enrich.Conditions;
import io.oriel.logs.enrich.DecodeJson;
import io.oriel.logs.enrich.GoLayout;
import io.oriel.logs.enrich.MoreProcessors;
import io.oriel.logs.enrich.Processor;
import io.oriel.logs.enrich.Processors;
import io.oriel.logs.enrich.Redaction;
import io.oriel.logs.parse.Dissect;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.LogEvent;
import io.oriel.logs.parse.Trim;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Suggestion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads `processors` and their conditions.
final class ProcessorSettings {
  private static final Set<String> NAMES =
      Set.of(
          "add_fields",
          "add_labels",
          "add_tags",
          "drop_fields",
          "include_fields",
          "rename",
          "copy_fields",
          "drop_event",
          "decode_json_fields",
          "decode_logfmt",
          "parse_regex",
          "dissect",
          "timestamp",
          "truncate_fields",
          "convert",
          "replace",
          "rate_limit",
          "fingerprint",
          "urldecode",
          "redact",
          "add_host_metadata",
          "add_kubernetes_metadata");
  private static final Set<String> HARMLESS =
      Set.of("add_cloud_metadata", "add_docker_metadata", "add_locale", "add_process_metadata");
  private static final Set<String> CONDITIONS =
      Set.of("equals", "contains", "regexp", "range", "network", "has_fields", "and", "or", "not");

  private final LongSupplier nanos;
  private final Map<String, Object> hostFields;
  private final List<String> warnings;

  /** Whether one of the lists had `add_kubernetes_metadata`, and with what. */
  private @Nullable Settings kubernetes;

  ProcessorSettings(LongSupplier nanos, Map<String, Object> hostFields, List<String> warnings) {
    this.nanos = nanos;
    this.hostFields = hostFields;
    this.warnings = warnings;
  }

  Optional<Settings> kubernetes() {
    return Optional.ofNullable(kubernetes);
  }

  /// The processors under {@code key}, in order.
  List<Processor> list(Settings in, String key) {
    List<Processor> processors = new ArrayList<>();
    for (Settings item : in.maps(key)) {
      if (item.has("if")) {
        conditional(item).ifPresent(processors::add);
        continue;
      }
      for (String name : item.keys()) {
        one(item, name).ifPresent(processors::add);
      }
    }
    return processors;
  }

  private Optional<Processor> conditional(Settings item) {
    Optional<Predicate<LogEvent>> condition = condition(item.map("if"));
    List<Processor> then = branch(item, "then");
    List<Processor> otherwise = branch(item, "else");
    return condition.map(
        when ->
            Processor.of("if", false, event -> runAll(when.test(event) ? then : otherwise, event)));
  }

  private static boolean runAll(List<Processor> processors, LogEvent event) {
    for (Processor processor : processors) {
      if (!processor.apply(event)) {
        return false;
      }
    }
    return true;
  }

  private List<Processor> branch(Settings item, String key) {
    if (item.isMap(key)) {
      Settings one = item.map(key);
      List<Processor> processors = new ArrayList<>();
      one.keys().forEach(name -> one(one, name).ifPresent(processors::add));
      return processors;
    }
    return list(item, key);
  }

  private Optional<Processor> one(Settings item, String name) {
    if (HARMLESS.contains(name)) {
      item.accept(name);
      warnings.add(name + ": not supported, its fields are not added");
      return Optional.empty();
    }
    if (!NAMES.contains(name)) {
      item.problem(name, "processor is not supported" + Suggestion.forWord(name, NAMES));
      return Optional.empty();
    }
    Settings in = item.map(name);
    Optional<Predicate<LogEvent>> when =
        in.isMap("when") ? condition(in.map("when")) : Optional.empty();
    in.accept("tag", "id", "description");
    try {
      Optional<Processor> made = make(name, in, when);
      if (name.equals("drop_event")) {
        return made;
      }
      return when.isEmpty() ? made : made.map(processor -> processor.when(when.get()));
    } catch (OrielException e) {
      item.problem(name, e.reason());
      return Optional.empty();
    }
  }

  private Optional<Processor> make(String name, Settings in, Optional<Predicate<LogEvent>> when) {
    return switch (name) {
      case "add_fields" ->
          Optional.of(Processors.addFields(in.string("target", "fields"), in.tree("fields")));
      case "add_labels" -> Optional.of(Processors.addFields("labels", in.tree("labels")));
      case "add_tags" ->
          Optional.of(Processors.addTags(in.string("target", "tags"), in.strings("tags")));
      case "drop_fields" -> {
        in.accept("ignore_missing");
        yield Optional.of(Processors.dropFields(in.strings("fields")));
      }
      case "include_fields" -> Optional.of(Processors.includeFields(in.strings("fields")));
      case "rename", "copy_fields" ->
          Optional.of(Processors.move(moves(in), failure(in), name.equals("copy_fields")));
      case "drop_event" -> {
        if (when.isEmpty()) {
          in.problem("when", "missing, want a condition");
        }
        yield when.map(Processors::dropEvent);
      }
      case "redact" ->
          Optional.of(
              Redaction.of(in.patterns("patterns"), in.bool("cards", false))
                  .on(in.has("fields") ? in.strings("fields") : List.of("message")));
      case "add_host_metadata" -> {
        in.accept("cache.ttl", "netinfo.enabled", "geo", "replace_fields");
        yield Optional.of(Processors.addFields("", hostFields));
      }
      case "add_kubernetes_metadata" -> {
        kubernetes = in;
        yield Optional.empty();
      }
      default -> Optional.of(decoding(name, in));
    };
  }

  private Processor decoding(String name, Settings in) {
    return switch (name) {
      case "decode_json_fields" ->
          new DecodeJson(
                  in.strings("fields"),
                  in.has("target") ? Optional.of(in.string("target", "")) : Optional.empty(),
                  in.integer("max_depth", 1),
                  in.bool("process_array", false),
                  in.bool("expand_keys", false),
                  in.string("document_id", ""),
                  in.bool("overwrite_keys", false),
                  in.bool("add_error_key", false))
              .processor();
      case "decode_logfmt" ->
          Processors.logfmt(
              in.string("field", "message"),
              in.string("target", ""),
              in.bool("overwrite_keys", false));
      case "parse_regex" ->
          Processors.regex(
              in.pattern("pattern").orElseGet(() -> Pattern.compile("")),
              in.string("field", "message"),
              in.string("target", ""),
              in.bool("overwrite_keys", false));
      case "dissect" ->
          Processors.dissect(
              Dissect.of(in.string("tokenizer", "")).trimming(trim(in)),
              in.string("field", "message"),
              in.string("target_prefix", "dissect"),
              in.bool("ignore_failure", false),
              in.bool("overwrite_keys", false));
      case "truncate_fields" -> {
        in.accept("fail_on_error", "ignore_missing");
        yield Processors.truncate(
            in.strings("fields"),
            (int) in.size("max_bytes", 0),
            in.integer("max_characters", Integer.MAX_VALUE));
      }
      case "replace" -> replace(in);
      default -> computing(name, in);
    };
  }

  private static Trim trim(Settings in) {
    return new Trim(
        in.word("trim_values", Trim.Side.NONE, Trim.Side::ofWord, "none, left, right or all"),
        in.string("trim_chars", " "));
  }

  private Processor computing(String name, Settings in) {
    return switch (name) {
      case "timestamp" ->
          MoreProcessors.timestamp(
              in.string("field", ""),
              in.string("target_field", "@timestamp"),
              layouts(in),
              MoreProcessors.zone(in.string("timezone", "UTC")),
              new Processors.OnFailure(
                  in.bool("ignore_missing", false), !in.bool("ignore_failure", false)));
      case "convert" -> convert(in);
      case "rate_limit" ->
          MoreProcessors.rateLimit(rate(in.string("limit", "")), in.strings("fields"), nanos);
      case "urldecode" -> {
        in.accept("ignore_missing", "fail_on_error");
        yield MoreProcessors.urlDecode(moves(in));
      }
      case "fingerprint" ->
          MoreProcessors.fingerprint(
              in.strings("fields"),
              in.string("target_field", "fingerprint"),
              switch (in.string("method", "sha256")) {
                case "md5" -> "MD5";
                case "sha1" -> "SHA-1";
                case "sha256" -> "SHA-256";
                case "sha384" -> "SHA-384";
                case "sha512" -> "SHA-512";
                default ->
                    throw OrielException.invalid(
                        "method: want md5, sha1, sha256, sha384 or sha512");
              },
              in.string("encoding", "hex").equals("base64"),
              in.bool("ignore_missing", false));
      default -> throw OrielException.bug("processor " + name);
    };
  }

  private static List<GoLayout> layouts(Settings in) {
    List<GoLayout> layouts = in.strings("layouts").stream().map(GoLayout::of).toList();
    for (String sample : in.strings("test")) {
      if (layouts.stream().noneMatch(layout -> layout.accepts(sample))) {
        in.problem("test", "\"" + sample + "\" is in none of the layouts");
      }
    }
    return layouts;
  }

  private static double rate(String text) {
    int slash = text.indexOf('/');
    try {
      double count = Double.parseDouble(text.substring(0, Math.max(0, slash)));
      return switch (text.substring(slash + 1)) {
        case "s" -> count;
        case "m" -> count / 60;
        case "h" -> count / 3600;
        default -> throw OrielException.invalid("limit: got \"" + text + "\", want 100/s");
      };
    } catch (NumberFormatException e) {
      throw new OrielException(
          io.oriel.model.error.Kind.INVALID, "limit: got \"" + text + "\", want 100/s", e);
    }
  }

  private static Processors.OnFailure failure(Settings in) {
    return new Processors.OnFailure(
        in.bool("ignore_missing", false), in.bool("fail_on_error", true));
  }

  private static List<Processors.FromTo> moves(Settings in) {
    return in.maps("fields").stream()
        .map(
            one ->
                new Processors.FromTo(
                    one.string("from", ""), one.string("to", one.string("from", ""))))
        .toList();
  }

  private static Processor replace(Settings in) {
    in.accept("ignore_missing", "fail_on_error");
    List<Processors.Replacement> all = new ArrayList<>();
    for (Settings one : in.maps("fields")) {
      all.add(
          new Processors.Replacement(
              one.string("field", ""),
              one.pattern("pattern").orElseGet(() -> Pattern.compile("$^")),
              one.string("replacement", "")));
    }
    return Processors.replace(all);
  }

  private static Processor convert(Settings in) {
    in.accept("mode");
    List<MoreProcessors.Conversion> all = new ArrayList<>();
    for (Settings one : in.maps("fields")) {
      all.add(
          new MoreProcessors.Conversion(
              one.string("from", ""),
              one.string("to", one.string("from", "")),
              one.word(
                  "type",
                  MoreProcessors.Type.STRING,
                  MoreProcessors.Type::ofWord,
                  "integer, long, float, double, string, boolean or ip")));
    }
    return MoreProcessors.convert(
        all,
        new Processors.OnFailure(in.bool("ignore_missing", false), in.bool("fail_on_error", true)));
  }

  /// All of the conditions in one mapping.
  Optional<Predicate<LogEvent>> condition(Settings in) {
    List<Predicate<LogEvent>> all = new ArrayList<>();
    for (String name : in.keys()) {
      try {
        switch (name) {
          case "equals" -> all.add(Conditions.equalsAll(flat(in.tree(name))));
          case "contains" -> all.add(Conditions.containsAll(texts(flat(in.tree(name)))));
          case "regexp" -> {
            Map<String, Pattern> patterns = new LinkedHashMap<>();
            texts(flat(in.tree(name)))
                .forEach((field, text) -> patterns.put(field, Settings.compile(text)));
            all.add(Conditions.matchesAll(patterns));
          }
          case "range" -> all.add(Conditions.within(bounds(in.tree(name))));
          case "has_fields" -> all.add(Conditions.hasFields(in.strings(name)));
          case "network" -> all.add(Conditions.inNetworks(networks(in.tree(name))));
          case "not" -> condition(in.map(name)).ifPresent(inner -> all.add(inner.negate()));
          case "and", "or" -> {
            List<Predicate<LogEvent>> inner = new ArrayList<>();
            in.maps(name).forEach(one -> condition(one).ifPresent(inner::add));
            all.add(
                name.equals("and")
                    ? event -> inner.stream().allMatch(one -> one.test(event))
                    : event -> inner.stream().anyMatch(one -> one.test(event)));
          }
          default -> in.problem(name, "unknown condition" + Suggestion.forWord(name, CONDITIONS));
        }
      } catch (OrielException e) {
        in.problem(name, e.reason());
      }
    }
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of(event -> all.stream().allMatch(one -> one.test(event)));
  }

  private static Map<String, Object> flat(Map<String, Object> tree) {
    Map<String, Object> flat = new LinkedHashMap<>();
    tree.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> map) {
            flat(FieldTree.typed(map)).forEach((inner, v) -> flat.put(key + "." + inner, v));
          } else {
            flat.put(key, value);
          }
        });
    return flat;
  }

  private static Map<String, String> texts(Map<String, Object> values) {
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach((key, value) -> texts.put(key, String.valueOf(value)));
    return texts;
  }

  private static Map<String, Map<String, BigDecimal>> bounds(Map<String, Object> tree) {
    Map<String, Map<String, BigDecimal>> bounds = new LinkedHashMap<>();
    flat(tree)
        .forEach(
            (key, value) -> {
              int dot = key.lastIndexOf('.');
              String bound = key.substring(dot + 1);
              if (dot < 0 || !Set.of("gte", "gt", "lte", "lt").contains(bound)) {
                throw OrielException.invalid(
                    "range: got \"" + key + "\", want field.gte, .gt, .lte or .lt");
              }
              try {
                bounds
                    .computeIfAbsent(key.substring(0, dot), _ -> new LinkedHashMap<>())
                    .put(bound, new BigDecimal(String.valueOf(value)));
              } catch (NumberFormatException e) {
                throw new OrielException(
                    io.oriel.model.error.Kind.INVALID,
                    "range: got \"" + value + "\" for " + key + ", want a number",
                    e);
              }
            });
    return bounds;
  }

  private static Map<String, List<String>> networks(Map<String, Object> tree) {
    Map<String, List<String>> networks = new LinkedHashMap<>();
    flat(tree)
        .forEach(
            (key, value) ->
                networks.put(
                    key,
                    value instanceof List<?> list
                        ? list.stream().map(String::valueOf).toList()
                        : List.of(String.valueOf(value))));
    return networks;
  }
}
