package io.oriel.logs.parse;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Joins the lines of stack traces, for each stream by itself. A line that begins no trace and
/// belongs to none is passed on at once.
final class StackTraceStage implements Stage {
  private static final int MAX_BYTES = 10 << 20;
  private static final int MAX_LINES = 5_000;

  private final ParserConfig.StackTraces config;
  private final LongSupplier nanos;
  private final Map<String, Trace> traces = new LinkedHashMap<>();

  private static final class Trace {
    private final Pieces pieces = new Pieces(MAX_BYTES);
    private @Nullable Language language;
    private String state = "";
    private long lastNanos;
  }

  StackTraceStage(ParserConfig.StackTraces config, LongSupplier nanos) {
    this.config = config;
    this.nanos = nanos;
  }

  @Override
  public void accept(LogEvent event, Next next) {
    Trace trace = traces.computeIfAbsent(event.stream(), _ -> new Trace());
    String line = event.message();
    Language language = trace.language;
    if (language != null) {
      Optional<String> state = language.next(trace.state, line);
      if (state.isPresent() && trace.pieces.lines() < MAX_LINES) {
        add(trace, event, state.get());
        return;
      }
      pass(trace, next);
    }
    for (Language candidate : config.languages()) {
      Optional<String> state = candidate.next("start", line);
      if (state.isPresent()) {
        trace.language = candidate;
        add(trace, event, state.get());
        return;
      }
    }
    next.accept(event);
  }

  private void add(Trace trace, LogEvent event, String state) {
    trace.state = state;
    trace.lastNanos = nanos.getAsLong();
    trace.pieces.add(event, "\n");
  }

  private static void pass(Trace trace, Next next) {
    trace.language = null;
    if (!trace.pieces.isEmpty()) {
      next.accept(MultilineStage.take(trace.pieces));
    }
  }

  @Override
  public void tick(long now, Next next) {
    for (Trace trace : traces.values()) {
      if (now - trace.lastNanos >= config.timeout().toNanos()) {
        pass(trace, next);
      }
    }
  }

  @Override
  public void flush(Next next) {
    traces.values().forEach(trace -> pass(trace, next));
  }

  @Override
  public long pendingLines() {
    return traces.values().stream().mapToLong(trace -> trace.pieces.heldLines()).sum();
  }

  @Override
  public long pendingFrom() {
    return traces.values().stream()
        .mapToLong(trace -> trace.pieces.offset())
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
