package io.oriel.logs.enrich;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.oriel.logs.parse.ParserConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a pod's annotations want done with one container's logs: `co.elastic.logs/…`, or
/// `co.elastic.logs.<container>/…`, which wins; and `fluentbit.io/exclude`, of one stream or
/// container or all, of which the most specific one wins.
///
/// @param enabled empty when the annotations do not say
/// @param stream which of the streams is read
/// @param parsers after the container format: multiline, then JSON
/// @param problems hints that cannot be followed, in words; the others are
public record Hints(
    Optional<Boolean> enabled,
    ParserConfig.Stream stream,
    List<ParserConfig> parsers,
    List<String> problems) {
  static final String PREFIX = "co.elastic.logs";
  static final String EXCLUDE = "fluentbit.io/exclude";

  public Hints {
    parsers = List.copyOf(parsers);
    problems = List.copyOf(problems);
  }

  /// No hints.
  public static Hints none() {
    return new Hints(Optional.empty(), ParserConfig.Stream.ALL, List.of(), List.of());
  }

  /// The hints in {@code annotations} for {@code container}.
  public static Hints of(Map<String, String> annotations, String container) {
    Map<String, String> wanted = new TreeMap<>();
    collect(annotations, PREFIX + "/", wanted);
    collect(annotations, PREFIX + "." + container + "/", wanted);
    Hints hints = wanted.isEmpty() ? none() : new Reader(wanted).read();
    boolean out = isExcluded(annotations, "stdout", container);
    boolean err = isExcluded(annotations, "stderr", container);
    if (!out && !err) {
      return hints;
    }
    return new Hints(
        out && err ? Optional.of(false) : hints.enabled,
        out ? ParserConfig.Stream.STDERR : ParserConfig.Stream.STDOUT,
        hints.parsers,
        hints.problems);
  }

  /// Whether an annotation begins with a prefix that is read here.
  static boolean isHint(String annotation) {
    return annotation.startsWith(PREFIX) || annotation.startsWith(EXCLUDE);
  }

  private static boolean isExcluded(
      Map<String, String> annotations, String stream, String container) {
    String both = "_" + stream + "-" + container;
    for (String suffix : List.of(both, "-" + container, "_" + stream, "")) {
      String value = annotations.get(EXCLUDE + suffix);
      if (value != null) {
        return value.strip().equalsIgnoreCase("true");
      }
    }
    return false;
  }

  private static void collect(
      Map<String, String> annotations, String prefix, Map<String, String> into) {
    new TreeMap<>(annotations)
        .forEach(
            (key, value) -> {
              if (key.startsWith(prefix)) {
                into.put(key.substring(prefix.length()), value);
              }
            });
  }

  /// Reads one container's hints; used once.
  private static final class Reader {
    private final Map<String, String> hints;
    private final List<String> problems = new ArrayList<>();
    private final List<ParserConfig> parsers = new ArrayList<>();

    Reader(Map<String, String> hints) {
      this.hints = new LinkedHashMap<>(hints);
    }

    Hints read() {
      Optional<Boolean> enabled = bool("enabled");
      multiline();
      languages();
      patterns("include_lines").ifPresent(p -> parsers.add(new ParserConfig.IncludeMessage(p)));
      patterns("exclude_lines").ifPresent(p -> parsers.add(new ParserConfig.ExcludeMessage(p)));
      json();
      hints
          .keySet()
          .forEach(key -> problems.add("hint " + PREFIX + "/" + key + " is not supported"));
      return new Hints(enabled, ParserConfig.Stream.ALL, parsers, problems);
    }

    private Optional<String> take(String key) {
      return Optional.ofNullable(hints.remove(key)).map(String::strip);
    }

    private Optional<Boolean> bool(String key) {
      Optional<String> text = take(key);
      if (text.isPresent() && !text.get().matches("true|false")) {
        problems.add(key + ": got \"" + text.get() + "\", want true or false");
        return Optional.empty();
      }
      return text.map(Boolean::parseBoolean);
    }

    private Optional<Pattern> pattern(String key) {
      return take(key).flatMap(text -> compile(key, text));
    }

    private Optional<Pattern> compile(String key, String text) {
      try {
        return Optional.of(Pattern.compile(text));
      } catch (PatternSyntaxException e) {
        problems.add(key + ": " + e.getDescription() + " in \"" + text + "\"");
        return Optional.empty();
      }
    }

    private int number(String key, int fallback) {
      Optional<String> text = take(key);
      try {
        return text.isEmpty() ? fallback : Integer.parseInt(text.get());
      } catch (NumberFormatException _) {
        problems.add(key + ": got \"" + text.orElse("") + "\", want a number");
        return fallback;
      }
    }

    private Duration duration(String key, Duration fallback) {
      Optional<String> text = take(key);
      try {
        return text.map(io.oriel.model.time.DurationSyntax::parse).orElse(fallback);
      } catch (io.oriel.model.error.OrielException e) {
        problems.add(key + ": " + e.reason());
        return fallback;
      }
    }

    private void multiline() {
      String type = take("multiline.type").orElse("pattern");
      boolean negate = bool("multiline.negate").orElse(false);
      boolean after = !take("multiline.match").orElse("after").equals("before");
      int count = number("multiline.count_lines", 0);
      Optional<Pattern> pattern = pattern("multiline.pattern");
      int maxLines = number("multiline.max_lines", 500);
      Duration timeout = duration("multiline.timeout", Duration.ofSeconds(5));
      Optional<Pattern> flush = pattern("multiline.flush_pattern");
      boolean skip = bool("multiline.skip_newline").orElse(false);
      Optional<ParserConfig.Grouping> grouping =
          switch (type) {
            case "pattern" ->
                pattern.map(p -> new ParserConfig.Grouping.ByPattern(p, negate, after));
            case "while_pattern" ->
                pattern.map(p -> new ParserConfig.Grouping.WhilePattern(p, negate));
            case "count" ->
                count > 0
                    ? Optional.of(new ParserConfig.Grouping.ByCount(count))
                    : Optional.empty();
            default -> {
              problems.add("multiline.type: got \"" + type + "\"");
              yield Optional.empty();
            }
          };
      grouping.ifPresent(
          g ->
              parsers.add(new ParserConfig.Multiline(g, maxLines, 10 << 20, timeout, flush, skip)));
    }

    private void languages() {
      take("multiline.languages")
          .ifPresent(
              text -> {
                List<io.oriel.logs.parse.Language> languages = new ArrayList<>();
                for (String word : text.split("[, ]+")) {
                  io.oriel.logs.parse.Language.ofWord(word)
                      .ifPresentOrElse(
                          languages::add,
                          () -> problems.add("multiline.languages: got \"" + word + "\""));
                }
                parsers.add(new ParserConfig.StackTraces(languages, Duration.ofSeconds(5)));
              });
    }

    /// Patterns as a JSON list or separated by commas; `key.1`, `key.2` too.
    private Optional<List<Pattern>> patterns(String key) {
      List<Pattern> all = new ArrayList<>();
      for (String name : new ArrayList<>(hints.keySet())) {
        if (name.equals(key) || name.startsWith(key + ".")) {
          String text = take(name).orElse("");
          String inner =
              text.startsWith("[") && text.endsWith("]")
                  ? text.substring(1, text.length() - 1)
                  : text;
          for (String one : name.equals(key) ? inner.split(",") : new String[] {text}) {
            String plain = one.strip().replaceAll("^['\"]|['\"]$", "");
            compile(name, plain).ifPresent(all::add);
          }
        }
      }
      return all.isEmpty() ? Optional.empty() : Optional.of(all);
    }

    private void json() {
      boolean wanted = hints.keySet().stream().anyMatch(key -> key.startsWith("json."));
      boolean underRoot = bool("json.keys_under_root").orElse(false);
      String target = take("json.target").orElse(underRoot ? "" : "json");
      boolean overwrite = bool("json.overwrite_keys").orElse(false);
      boolean expand = bool("json.expand_keys").orElse(false);
      boolean errorKey = bool("json.add_error_key").orElse(false);
      String messageKey = take("json.message_key").orElse("");
      String id = take("json.document_id").orElse("");
      boolean ignore = bool("json.ignore_decoding_error").orElse(false);
      if (wanted) {
        parsers.add(
            new ParserConfig.Ndjson(target, overwrite, expand, errorKey, messageKey, id, ignore));
      }
    }
  }
}
