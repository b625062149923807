package io.oriel.traces.sample;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.trace.Span;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Evaluates one rule over traces; keeps the state of those that limit rates. Confined to the
/// sampler's lock.
interface TailDecider {
  /// What a rule says.
  enum Word {
    SAMPLED,
    NOT_SAMPLED,
    DROPPED
  }

  long SECOND = 1_000_000_000L;

  Word decide(PendingTrace trace, long nowNanos);

  private static Word sampledIf(boolean holds) {
    return holds ? Word.SAMPLED : Word.NOT_SAMPLED;
  }

  /// The decider of a rule.
  static TailDecider of(TailRule rule) {
    return switch (rule) {
      case TailRule.AlwaysSample _ -> (_, _) -> Word.SAMPLED;
      case TailRule.Latency latency -> (trace, _) -> sampledIf(isSlow(trace, latency));
      case TailRule.NumericAttribute number ->
          (trace, _) -> sampledIf(hasNumber(trace, number) != number.invert());
      case TailRule.Probabilistic share -> probabilistic(share);
      case TailRule.StatusCode status ->
          (trace, _) ->
              sampledIf(
                  trace.spans.stream()
                      .anyMatch(span -> status.codes().contains(span.status().code())));
      case TailRule.StringAttribute text ->
          (trace, _) -> sampledIf(hasText(trace, text) != text.invert());
      case TailRule.TraceState state -> (trace, _) -> sampledIf(hasState(trace, state));
      case TailRule.TraceFlags _ ->
          (trace, _) -> sampledIf(trace.spans.stream().anyMatch(span -> (span.flags() & 1) != 0));
      case TailRule.RateLimiting limit -> new SpanRate(limit.spansPerSecond());
      case TailRule.BytesLimiting limit -> new ByteBucket(limit);
      case TailRule.SpanCount count -> (trace, _) -> sampledIf(isCounted(trace, count));
      case TailRule.BooleanAttribute truth ->
          (trace, _) ->
              sampledIf(
                  trace.any(truth.key(), AttributeValue.of(truth.value())::equals)
                      != truth.invert());
      case TailRule.And and -> all(and.rules(), Word.SAMPLED);
      case TailRule.Drop drop -> all(drop.rules(), Word.DROPPED);
      case TailRule.Composite composite -> new Shares(composite);
    };
  }

  private static boolean isSlow(PendingTrace trace, TailRule.Latency latency) {
    long millis = trace.durationMillis();
    return latency.upperMillis() == 0
        ? millis >= latency.thresholdMillis()
        : millis > latency.thresholdMillis() && millis <= latency.upperMillis();
  }

  private static boolean hasNumber(PendingTrace trace, TailRule.NumericAttribute number) {
    return trace.any(
        number.key(),
        value ->
            value instanceof AttributeValue.Whole whole
                && whole.value() >= number.min()
                && whole.value() <= number.max());
  }

  private static boolean hasText(PendingTrace trace, TailRule.StringAttribute text) {
    return trace.any(
        text.key(),
        value ->
            value instanceof AttributeValue.Text found
                && (text.patterns().isEmpty()
                    ? text.values().contains(found.value())
                    : text.patterns().stream()
                        .anyMatch(pattern -> pattern.matcher(found.value()).find())));
  }

  private static boolean hasState(PendingTrace trace, TailRule.TraceState state) {
    for (Span span : trace.spans) {
      for (String member : span.traceState().split(",", -1)) {
        int equals = member.indexOf('=');
        if (equals > 0
            && member.substring(0, equals).strip().equals(state.key())
            && state.values().contains(member.substring(equals + 1).strip())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isCounted(PendingTrace trace, TailRule.SpanCount count) {
    int spans = trace.spans.size();
    return spans >= count.min() && (count.max() == 0 || spans <= count.max());
  }

  /// By a hash of the trace's id, so that it is the same wherever it is asked.
  private static TailDecider probabilistic(TailRule.Probabilistic share) {
    double bound = share.percentage() / 100;
    byte[] salt = share.salt().getBytes(StandardCharsets.UTF_8);
    long start = 0xcbf29ce484222325L;
    for (byte b : salt) {
      start = (start ^ b & 0xff) * 0x100000001b3L;
    }
    long salted = start;
    return (trace, _) -> {
      long mixed = mix(mix(salted ^ trace.traceId.high()) ^ trace.traceId.low());
      return sampledIf((mixed >>> 11) * 0x1.0p-53 < bound);
    };
  }

  /** The finalizer of splitmix64. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  private static TailDecider all(List<TailRule> rules, Word then) {
    List<TailDecider> deciders = rules.stream().map(TailDecider::of).toList();
    return (trace, now) -> {
      for (TailDecider each : deciders) {
        if (each.decide(trace, now) != Word.SAMPLED) {
          return Word.NOT_SAMPLED;
        }
      }
      return then;
    };
  }

  /// So many spans in each second.
  final class SpanRate implements TailDecider {
    private final long limit;
    private long second = Long.MIN_VALUE;
    private long spans;

    SpanRate(long limit) {
      this.limit = limit;
    }

    @Override
    public Word decide(PendingTrace trace, long nowNanos) {
      long now = Math.floorDiv(nowNanos, SECOND);
      if (now != second) {
        second = now;
        spans = 0;
      }
      if (spans + trace.spans.size() > limit) {
        return Word.NOT_SAMPLED;
      }
      spans += trace.spans.size();
      return Word.SAMPLED;
    }
  }

  /// A token bucket of bytes.
  final class ByteBucket implements TailDecider {
    private final TailRule.BytesLimiting limit;
    private double tokens;
    private long lastNanos;
    private boolean started;

    ByteBucket(TailRule.BytesLimiting limit) {
      this.limit = limit;
      this.tokens = (double) limit.burst();
    }

    @Override
    public Word decide(PendingTrace trace, long nowNanos) {
      if (started) {
        double more = (nowNanos - lastNanos) / (double) SECOND * limit.bytesPerSecond();
        tokens = Math.min((double) limit.burst(), tokens + more);
      }
      started = true;
      lastNanos = nowNanos;
      if (trace.bytes > tokens) {
        return Word.NOT_SAMPLED;
      }
      tokens -= trace.bytes;
      return Word.SAMPLED;
    }
  }

  /// The first that holds, within its share.
  final class Shares implements TailDecider {
    private final List<TailDecider> deciders = new ArrayList<>();
    private final List<SpanRate> rates = new ArrayList<>();

    Shares(TailRule.Composite composite) {
      int even = 100 / Math.max(1, composite.policies().size());
      for (TailPolicy policy : composite.policies()) {
        int percent = composite.shares().getOrDefault(policy.name(), even);
        deciders.add(TailDecider.of(policy.rule()));
        rates.add(new SpanRate(composite.spansPerSecond() * percent / 100));
      }
    }

    @Override
    public Word decide(PendingTrace trace, long nowNanos) {
      for (int i = 0; i < deciders.size(); i++) {
        Word word = deciders.get(i).decide(trace, nowNanos);
        if (word == Word.DROPPED) {
          return word;
        }
        if (word == Word.SAMPLED) {
          return rates.get(i).decide(trace, nowNanos);
        }
      }
      return Word.NOT_SAMPLED;
    }
  }
}
