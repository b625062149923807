package io.oriel.traces.assemble;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Sums up a trace span by span, without keeping the spans. Not thread-safe.
public final class SummaryCollector {
  private static final class Share {
    private int spans;
    private int errors;
  }

  private final TraceId id;
  private final Set<Long> ids = new HashSet<>();
  private final List<Long> parents = new ArrayList<>();
  private final Map<String, Share> services = new TreeMap<>();
  private TraceSummary.Root root = new TraceSummary.Root("", "");
  private long rootNanos = Long.MAX_VALUE;
  private long startNanos = Long.MAX_VALUE;
  private long endNanos = Long.MIN_VALUE;
  private int spans;
  private int errors;

  public SummaryCollector(TraceId id) {
    this.id = id;
  }

  /// Counts a span.
  public void add(Span span) {
    spans++;
    ids.add(span.spanId());
    if (!span.isRoot()) {
      parents.add(span.parentSpanId());
    } else if (span.startNanos() < rootNanos) {
      rootNanos = span.startNanos();
      root = new TraceSummary.Root(span.service(), span.name());
    }
    startNanos = Math.min(startNanos, span.startNanos());
    endNanos = Math.max(endNanos, Math.max(span.startNanos(), span.endNanos()));
    Share share = services.computeIfAbsent(span.service(), _ -> new Share());
    share.spans++;
    if (span.status().isError()) {
      errors++;
      share.errors++;
    }
  }

  public boolean isEmpty() {
    return spans == 0;
  }

  /// The sum; call it once there was a span.
  public TraceSummary summary() {
    int orphans = (int) parents.stream().filter(parent -> !ids.contains(parent)).count();
    return new TraceSummary(
        id,
        root,
        new TraceSummary.Extent(startNanos, endNanos),
        new TraceSummary.Counts(spans, errors, orphans),
        services.entrySet().stream()
            .map(
                each ->
                    new TraceSummary.OfService(
                        each.getKey(), each.getValue().spans, each.getValue().errors))
            .toList());
  }
}
