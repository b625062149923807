package io.oriel.traces.sample;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.traces.batch.SpanBatch;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Keeps a share of all traces, the same ones wherever it runs: OpenTelemetry's consistent
/// probability sampling (`tracestate-probability-sampling.md`). Thread-safe.
///
/// A trace has 56 bits of randomness R, in `ot=rv:…` or in its id. It is kept where R is at least
/// the threshold T. A span that was sampled before brings its threshold, `ot=th:…`; it may be
/// raised here, never lowered. Jaeger's spans have none and are thinned by their ids alike.
public final class ConsistentSampling implements SpanSink {
  private static final int BITS = 56;
  private static final long ALL = 1L << BITS;
  private static final int DIGITS = 14;

  private final long threshold;
  private final SpanSink next;
  private final SpanLedger ledger;

  /// @param probability of a trace to be kept, above 0 and up to 1
  public ConsistentSampling(double probability, SpanSink next, SpanLedger ledger) {
    this.threshold = threshold(probability);
    this.next = next;
    this.ledger = ledger;
  }

  /// The threshold for a probability: `(1 − p)·2^56`.
  static long threshold(double probability) {
    if (!(probability > 0 && probability <= 1)) {
      throw OrielException.invalid(
          "sampling probability: got " + probability + ", want above 0 and up to 1");
    }
    return Math.min(ALL - 1, Math.round((1 - probability) * ALL));
  }

  /// How many spans a span stands for: `2^56 / (2^56 − T)`, 1 for one that was not sampled, or not
  /// by a known probability. Jaeger's `sampler.type=probabilistic` with `sampler.param` counts too.
  public static double adjustedCount(Span span) {
    OtState state = OtState.of(span.traceState());
    if (state.threshold() >= 0) {
      return (double) ALL / (ALL - state.threshold());
    }
    boolean probabilistic = span.attributes().text("sampler.type").equals("probabilistic");
    double param =
        span.attributes()
            .get("sampler.param")
            .map(value -> value instanceof AttributeValue.Real real ? real.value() : 0.0)
            .orElse(0.0);
    return probabilistic && param > 0 && param <= 1 ? 1 / param : 1;
  }

  /// The 56 bits of a trace that decide.
  static long randomness(TraceId traceId, OtState state) {
    return state.random() >= 0 ? state.random() : traceId.low() & (ALL - 1);
  }

  @Override
  public void take(SpanBatch batch) {
    if (threshold == 0) {
      next.take(batch);
      return;
    }
    List<Span> kept = new ArrayList<>(batch.size());
    for (Span span : batch.spans()) {
      OtState state = OtState.of(span.traceState());
      long effective = Math.max(threshold, state.threshold());
      if (randomness(span.traceId(), state) >= effective) {
        kept.add(
            effective == state.threshold()
                ? span
                : span.withTraceState(OtState.raised(span.traceState(), hex(effective))));
      }
    }
    int lost = batch.size() - kept.size();
    if (!kept.isEmpty()) {
      next.take(batch.part(kept));
    }
    ledger.drop(SpanLedger.Loss.SAMPLED_OUT, lost);
    batch.receipt().settle(lost);
  }

  /// Fourteen digits without zeros at the end, `0` for none.
  static String hex(long threshold) {
    String digits = String.format(Locale.ROOT, "%0" + DIGITS + "x", threshold);
    String bare = digits.replaceAll("0+$", "");
    return bare.isEmpty() ? "0" : bare;
  }
}
