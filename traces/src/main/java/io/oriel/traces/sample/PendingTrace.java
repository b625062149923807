package io.oriel.traces.sample;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.traces.batch.Receipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Spans of a trace that is not decided yet. Confined to the sampler's lock.
final class PendingTrace {
  final TraceId traceId;
  final long sinceNanos;
  final List<Span> spans = new ArrayList<>(4);

  /** How many of its spans each of them waits for. */
  private final Map<Receipt, Integer> receipts = new HashMap<>(2);

  long bytes;

  PendingTrace(TraceId traceId, long sinceNanos) {
    this.traceId = traceId;
    this.sinceNanos = sinceNanos;
  }

  void add(Span span, long spanBytes, Receipt receipt) {
    spans.add(span);
    bytes += spanBytes;
    if (!receipt.equals(Receipt.NONE)) {
      receipts.merge(receipt, 1, Integer::sum);
    }
  }

  /// To be told of all its spans.
  Receipt receipt() {
    return Receipt.ofAll(receipts);
  }

  /// From the first start to the last end.
  long durationMillis() {
    long start = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (Span span : spans) {
      start = Math.min(start, span.startNanos());
      end = Math.max(end, span.endNanos());
    }
    return (end - start) / 1_000_000;
  }

  /// Whether any span or its resource has {@code key} with a value for which {@code test} holds.
  boolean any(String key, Predicate<AttributeValue> test) {
    for (Span span : spans) {
      boolean found =
          span.attributes().get(key).filter(test).isPresent()
              || span.resource().attributes().get(key).filter(test).isPresent();
      if (found) {
        return true;
      }
    }
    return false;
  }
}
