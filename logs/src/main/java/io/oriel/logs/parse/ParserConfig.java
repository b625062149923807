package io.oriel.logs.parse;

import com.google.re2j.Pattern;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// A parser as it is configured: what Filebeat's `parsers` list has, and traces of stacks by
/// language.
public sealed interface ParserConfig {
  /// Which of a container's streams are kept.
  enum Stream {
    ALL,
    STDOUT,
    STDERR
  }

  /// How a container runtime writes its lines.
  enum Format {
    /** Told by each line. */
    AUTO,
    DOCKER,
    CRI
  }

  /** Lines as container runtimes write them; pieces of a long line are joined, by stream. */
  record Container(Stream stream, Format format, int maxBytes) implements ParserConfig {
    /// Both streams in whatever format, joined up to 10 MiB.
    public static Container auto() {
      return new Container(Stream.ALL, Format.AUTO, 10 << 20);
    }
  }

  /// What says which lines belong together.
  sealed interface Grouping {
    /// @param after lines that match belong to the one before them; else to the one after them
    record ByPattern(Pattern pattern, boolean negate, boolean after) implements Grouping {}

    /// So many lines are one event.
    record ByCount(int lines) implements Grouping {}

    /// Lines that match, one after the other, are one event.
    record WhilePattern(Pattern pattern, boolean negate) implements Grouping {}
  }

  /// Lines that belong together become one event.
  ///
  /// @param maxLines more are dropped, and said to be
  /// @param timeout after which an event is passed on whose next line does not come
  /// @param flush a line that matches ends its event
  /// @param skipNewline join without line feeds
  record Multiline(
      Grouping grouping,
      int maxLines,
      int maxBytes,
      Duration timeout,
      Optional<Pattern> flush,
      boolean skipNewline)
      implements ParserConfig {
    /// Filebeat's defaults for this grouping.
    public static Multiline of(Grouping grouping) {
      return new Multiline(grouping, 500, 10 << 20, Duration.ofSeconds(5), Optional.empty(), false);
    }
  }

  /** Lines of one stack trace become one event. */
  record StackTraces(List<Language> languages, Duration timeout) implements ParserConfig {
    public StackTraces {
      languages = List.copyOf(languages);
    }
  }

  /// A message that is a JSON object becomes fields.
  ///
  /// @param target under which the fields go; empty for the top
  /// @param overwrite whether they win over fields that are there
  /// @param expand whether dots in keys make objects
  /// @param errorKey whether `error` says what was wrong with a message
  /// @param messageKey field that becomes the message; empty for none
  /// @param documentId field that becomes the document's id; empty for none
  record Ndjson(
      String target,
      boolean overwrite,
      boolean expand,
      boolean errorKey,
      String messageKey,
      String documentId,
      boolean ignoreErrors)
      implements ParserConfig {}

  /// Syslog as of RFC 3164 or RFC 5424, told by each line.
  ///
  /// @param errorKey whether `error` says what was wrong with a message
  record Syslog(boolean errorKey, java.time.ZoneId zone) implements ParserConfig {}

  /** Only messages that match one of them are kept. */
  record IncludeMessage(List<Pattern> patterns) implements ParserConfig {
    public IncludeMessage {
      patterns = List.copyOf(patterns);
    }
  }

  /** Messages that match one of them are dropped. */
  record ExcludeMessage(List<Pattern> patterns) implements ParserConfig {
    public ExcludeMessage {
      patterns = List.copyOf(patterns);
    }
  }

  /// A stage for one file.
  ///
  /// @param nanos elapsed time
  default Stage open(ParseMetrics metrics, LongSupplier nanos, java.time.InstantSource clock) {
    return switch (this) {
      case Container config -> new ContainerStage(config, metrics);
      case Multiline config -> new MultilineStage(config, nanos);
      case StackTraces config -> new StackTraceStage(config, nanos);
      case Ndjson config -> new NdjsonStage(config, metrics);
      case Syslog config -> new SyslogStage(config, metrics, clock);
      case IncludeMessage config -> new FilterStage(config.patterns(), true, metrics);
      case ExcludeMessage config -> new FilterStage(config.patterns(), false, metrics);
    };
  }
}
