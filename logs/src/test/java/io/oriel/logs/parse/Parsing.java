package io.oriel.logs.parse;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Runs lines through parsers, with a clock that stands still unless it is moved.
final class Parsing {
  final List<LogEvent> events = new ArrayList<>();
  final AtomicLong nanos = new AtomicLong();
  final StageChain chain;
  private long offset;

  private Parsing(List<ParserConfig> parsers) {
    ParseMetrics metrics = new ParseMetrics(new PrometheusRegistry());
    chain =
        new StageChain(
            parsers.stream()
                .map(
                    parser ->
                        parser.open(
                            metrics, nanos::get, () -> Instant.parse("2024-05-02T00:00:00Z")))
                .toList(),
            event -> {
              event.keep();
              events.add(event);
            });
  }

  static Parsing of(ParserConfig... parsers) {
    return new Parsing(List.of(parsers));
  }

  void line(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    line(bytes, 0, bytes.length);
  }

  private void line(byte[] bytes, int from, int to) {
    long start = offset;
    offset += to - from + 1;
    chain.accept(new LogEvent(bytes, from, to, start, offset));
  }

  /// Every line of {@code file}, and the end of it.
  List<LogEvent> lines(byte[] file) {
    int from = 0;
    for (int i = 0; i < file.length; i++) {
      if (file[i] == '\n') {
        line(file.clone(), from, i);
        from = i + 1;
      }
    }
    if (from < file.length) {
      line(file.clone(), from, file.length);
    }
    chain.flush();
    return events;
  }

  List<String> messages() {
    return events.stream().map(LogEvent::message).toList();
  }
}
