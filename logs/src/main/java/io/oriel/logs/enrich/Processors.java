package io.oriel.logs.enrich;

import com.google.re2j.Pattern;
import io.oriel.logs.parse.Dissect;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.LogEvent;
import io.oriel.logs.parse.Logfmt;
import io.oriel.model.error.OrielException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The processors, by what they do. Options are those of Filebeat's processors of the same names.
public final class Processors {
  /** What differs from event to event within a file. */
  private static final Set<String> PER_EVENT =
      Set.of("message", "@timestamp", "stream", "log", "error", "");

  private Processors() {}

  private static boolean isShared(String path) {
    int dot = path.indexOf('.');
    return !PER_EVENT.contains(dot < 0 ? path : path.substring(0, dot));
  }

  private static void flag(LogEvent event, String processor, String text) {
    event.field("error.message", processor + ": " + text);
  }

  private static void addFlag(LogEvent event, String flag) {
    List<Object> flags = new ArrayList<>();
    if (event.field("log.flags") instanceof List<?> there) {
      flags.addAll(there);
    }
    flags.add(flag);
    event.field("log.flags", flags);
  }

  /// `add_fields`: puts {@code fields} under {@code target}, or at the top when it is empty.
  public static Processor addFields(String target, Map<String, Object> fields) {
    Map<String, Object> tree = new LinkedHashMap<>();
    fields.forEach(
        (key, value) -> FieldTree.put(tree, target.isEmpty() ? key : target + "." + key, value));
    boolean shared = tree.keySet().stream().allMatch(Processors::isShared);
    return Processor.of(
        "add_fields",
        shared,
        event -> {
          event.merge(FieldTree.copy(tree), true);
          return true;
        });
  }

  /// `add_tags`: appends to a list.
  public static Processor addTags(String target, List<String> tags) {
    List<String> added = List.copyOf(tags);
    return Processor.of(
        "add_tags",
        isShared(target),
        event -> {
          List<Object> all = new ArrayList<>();
          switch (event.field(target)) {
            case null -> {}
            case List<?> list -> all.addAll(list);
            case Object single -> all.add(single);
          }
          all.addAll(added);
          event.field(target, all);
          return true;
        });
  }

  /// `drop_fields`: removes fields; the time stays.
  public static Processor dropFields(List<String> names) {
    List<String> dropped = List.copyOf(names);
    return Processor.of(
        "drop_fields",
        dropped.stream().allMatch(Processors::isShared),
        event -> {
          dropped.forEach(event::removeField);
          return true;
        });
  }

  /// `include_fields`: removes all others; the time stays.
  public static Processor includeFields(List<String> names) {
    List<String> kept = List.copyOf(names);
    return Processor.of(
        "include_fields",
        false,
        event -> {
          Map<String, Object> values = new LinkedHashMap<>();
          for (String name : kept) {
            Object value = event.field(name);
            if (value != null) {
              values.put(name, value);
            }
          }
          event.topNames().forEach(event::removeField);
          event.removeField("message");
          values.forEach(event::field);
          return true;
        });
  }

  /// From one field to another.
  public record FromTo(String from, String to) {}

  /// What happens when a step does not work.
  ///
  /// @param ignoreMissing a field that is not there is no mistake
  /// @param failOnError the event stays as it was before, and says so in `error.message`
  public record OnFailure(boolean ignoreMissing, boolean failOnError) {}

  /// `rename`, or `copy_fields` when {@code copy}.
  public static Processor move(List<FromTo> moves, OnFailure failure, boolean copy) {
    String name = copy ? "copy_fields" : "rename";
    List<FromTo> all = List.copyOf(moves);
    return Processor.of(
        name,
        all.stream().allMatch(m -> isShared(m.from) && isShared(m.to)) && failure.ignoreMissing,
        event -> {
          for (FromTo move : all) {
            Object value = event.field(move.from);
            if (value == null) {
              if (!failure.ignoreMissing) {
                flag(event, name, "field \"" + move.from + "\" is not there");
                if (failure.failOnError) {
                  return true;
                }
              }
            } else if (event.field(move.to) != null && !move.to.equals(move.from)) {
              flag(event, name, "field \"" + move.to + "\" is there already");
              if (failure.failOnError) {
                return true;
              }
            } else {
              if (!copy) {
                event.removeField(move.from);
              }
              event.field(move.to, value);
            }
          }
          return true;
        });
  }

  /// `drop_event`.
  public static Processor dropEvent(Predicate<LogEvent> condition) {
    return Processor.of("drop_event", false, event -> !condition.test(event));
  }

  /// `dissect`.
  ///
  /// @param prefix before the names of the parts; empty for the top
  public static Processor dissect(
      Dissect dissect, String field, String prefix, boolean ignoreFailure, boolean overwrite) {
    return Processor.of(
        "dissect",
        false,
        event -> {
          Object value = event.field(field);
          Optional<Map<String, Object>> parts =
              value == null ? Optional.empty() : dissect.apply(value.toString());
          if (parts.isEmpty()) {
            if (!ignoreFailure) {
              addFlag(event, "dissect_parsing_error");
            }
            return true;
          }
          under(event, prefix, parts.get(), overwrite);
          return true;
        });
  }

  private static void under(
      LogEvent event, String prefix, Map<String, Object> parts, boolean overwrite) {
    parts.forEach(
        (key, value) -> {
          String path = prefix.isEmpty() ? key : prefix + "." + key;
          if (overwrite || event.field(path) == null) {
            event.field(path, value);
          }
        });
  }

  /// `decode_logfmt` (Oriel's own): a field of `key=value` pairs.
  public static Processor logfmt(String field, String target, boolean overwrite) {
    return Processor.of(
        "decode_logfmt",
        false,
        event -> {
          Object value = event.field(field);
          if (value != null) {
            Logfmt.parse(value.toString())
                .ifPresent(pairs -> under(event, target, pairs, overwrite));
          }
          return true;
        });
  }

  /// `parse_regex` (Oriel's own): the named groups of a pattern.
  public static Processor regex(Pattern pattern, String field, String target, boolean overwrite) {
    Map<String, Integer> groups = pattern.namedGroups();
    if (groups.isEmpty()) {
      throw OrielException.invalid("parse_regex: got a pattern without (?P<name>…)");
    }
    return Processor.of(
        "parse_regex",
        false,
        event -> {
          Object value = event.field(field);
          if (value == null) {
            return true;
          }
          var matcher = pattern.matcher(value.toString());
          if (matcher.find()) {
            Map<String, Object> parts = new LinkedHashMap<>();
            groups.forEach(
                (name, group) -> {
                  String part = matcher.group(group);
                  if (part != null) {
                    parts.put(name, part);
                  }
                });
            under(event, target, parts, overwrite);
          }
          return true;
        });
  }

  /// `truncate_fields`: cuts texts, and says so in `log.flags`.
  ///
  /// @param maxBytes as UTF-8; zero when characters are counted
  public static Processor truncate(List<String> fields, int maxBytes, int maxCharacters) {
    List<String> cut = List.copyOf(fields);
    return Processor.of(
        "truncate_fields",
        false,
        event -> {
          for (String field : cut) {
            if (event.field(field) instanceof String text) {
              String kept = maxBytes > 0 ? bytes(text, maxBytes) : characters(text, maxCharacters);
              if (kept.length() < text.length()) {
                event.field(field, kept);
                event.markTruncated();
              }
            }
          }
          return true;
        });
  }

  private static String bytes(String text, int max) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= max) {
      return text;
    }
    int end = max;
    while (end > 0 && (utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(utf8, 0, end, StandardCharsets.UTF_8);
  }

  private static String characters(String text, int max) {
    return text.codePointCount(0, text.length()) <= max
        ? text
        : text.substring(0, text.offsetByCodePoints(0, max));
  }

  /// One replacement of `replace`.
  public record Replacement(String field, Pattern pattern, String with) {}

  /// `replace`: every match in the fields.
  public static Processor replace(List<Replacement> replacements) {
    List<Replacement> all = List.copyOf(replacements);
    return Processor.of(
        "replace",
        all.stream().allMatch(r -> isShared(r.field)),
        event -> {
          for (Replacement one : all) {
            if (event.field(one.field) instanceof String text) {
              event.field(one.field, one.pattern.matcher(text).replaceAll(one.with));
            }
          }
          return true;
        });
  }
}
