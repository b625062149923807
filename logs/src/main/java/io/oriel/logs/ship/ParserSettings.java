package io.oriel.logs.ship;

import com.google.re2j.Pattern;
import io.oriel.logs.parse.Language;
import io.oriel.logs.parse.ParserConfig;
import io.oriel.runtime.config.Suggestion;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads `parsers`, and what the older inputs have in place of them.
final class ParserSettings {
  private static final Set<String> NAMES =
      Set.of("container", "multiline", "ndjson", "syslog", "include_message", "stack_traces");

  private ParserSettings() {}

  /// The parsers of a filestream input, in order.
  static List<ParserConfig> list(Settings input, int maxBytes) {
    List<ParserConfig> parsers = new ArrayList<>();
    for (Settings item : input.maps("parsers")) {
      for (String name : item.keys()) {
        Settings in = item.map(name);
        switch (name) {
          case "container" -> parsers.add(container(in, maxBytes));
          case "multiline" -> multiline(in, "", maxBytes).ifPresent(parsers::add);
          case "ndjson" -> parsers.add(ndjson(in, "", ""));
          case "syslog" -> parsers.add(syslog(in));
          case "include_message" ->
              parsers.add(new ParserConfig.IncludeMessage(in.patterns("patterns")));
          case "stack_traces" -> parsers.add(languages(in));
          default -> item.problem(name, "unknown parser" + Suggestion.forWord(name, NAMES));
        }
      }
    }
    return parsers;
  }

  static ParserConfig container(Settings in, int maxBytes) {
    return new ParserConfig.Container(
        in.word(
            "stream",
            ParserConfig.Stream.ALL,
            word -> word(word, ParserConfig.Stream.values()),
            "all, stdout or stderr"),
        in.word(
            "format",
            ParserConfig.Format.AUTO,
            word -> word(word, ParserConfig.Format.values()),
            "auto, docker or cri"),
        maxBytes);
  }

  private static <T extends Enum<T>> Optional<T> word(String word, T[] values) {
    for (T value : values) {
      if (value.name().toLowerCase(Locale.ROOT).equals(word)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /// @param prefix before the keys, with its dot
  static Optional<ParserConfig> multiline(Settings in, String prefix, int maxBytes) {
    String type =
        in.word(
            prefix + "type",
            "pattern",
            word ->
                Set.of("pattern", "count", "while_pattern").contains(word)
                    ? Optional.of(word)
                    : Optional.empty(),
            "pattern, count or while_pattern");
    boolean negate = in.bool(prefix + "negate", false);
    boolean after =
        in.word(
            prefix + "match",
            true,
            word ->
                switch (word) {
                  case "after" -> Optional.of(true);
                  case "before" -> Optional.of(false);
                  default -> Optional.empty();
                },
            "after or before");
    Optional<Pattern> pattern = in.pattern(prefix + "pattern");
    int count = in.integer(prefix + "count_lines", 0);
    int maxLines = in.integer(prefix + "max_lines", 500);
    Duration timeout = in.duration(prefix + "timeout", Duration.ofSeconds(5));
    Optional<Pattern> flush = in.pattern(prefix + "flush_pattern");
    boolean skip = in.bool(prefix + "skip_newline", false);
    Optional<ParserConfig.Grouping> grouping =
        switch (type) {
          case "count" ->
              count < 1 ? Optional.empty() : Optional.of(new ParserConfig.Grouping.ByCount(count));
          case "while_pattern" ->
              pattern.map(p -> new ParserConfig.Grouping.WhilePattern(p, negate));
          default -> pattern.map(p -> new ParserConfig.Grouping.ByPattern(p, negate, after));
        };
    if (grouping.isEmpty()) {
      String missing = type.equals("count") ? "count_lines" : "pattern";
      in.problem(prefix + missing, "missing, want it for multiline of type " + type);
    }
    return grouping.map(
        by -> new ParserConfig.Multiline(by, maxLines, maxBytes, timeout, flush, skip));
  }

  /// @param target under which fields go when the settings do not say
  static ParserConfig ndjson(Settings in, String prefix, String target) {
    boolean underRoot = in.bool(prefix + "keys_under_root", false);
    in.accept(prefix + "ignore_decoding_error");
    return new ParserConfig.Ndjson(
        in.string(prefix + "target", underRoot ? "" : target),
        in.bool(prefix + "overwrite_keys", false),
        in.bool(prefix + "expand_keys", false),
        in.bool(prefix + "add_error_key", false),
        in.string(prefix + "message_key", ""),
        in.string(prefix + "document_id", ""),
        in.bool(prefix + "ignore_decoding_error", false));
  }

  private static ParserConfig syslog(Settings in) {
    in.accept("format");
    ZoneId zone =
        in.word(
            "timezone",
            ZoneId.of("UTC"),
            word -> Optional.of(io.oriel.logs.enrich.MoreProcessors.zone(word)),
            "a time zone such as Europe/Berlin");
    return new ParserConfig.Syslog(in.bool("add_error_key", true), zone);
  }

  private static ParserConfig languages(Settings in) {
    List<Language> languages = new ArrayList<>();
    for (String word : in.strings("languages")) {
      Language.ofWord(word)
          .ifPresentOrElse(
              languages::add,
              () -> in.problem("languages", "got \"" + word + "\", want java, python, go or ruby"));
    }
    return new ParserConfig.StackTraces(
        languages.isEmpty() ? List.of(Language.values()) : languages,
        in.duration("timeout", Duration.ofSeconds(5)));
  }
}
