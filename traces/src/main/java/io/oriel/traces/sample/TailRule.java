package io.oriel.traces.sample;

import com.google.re2j.Pattern;
import io.oriel.model.trace.SpanStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a policy of tail sampling asks of a trace; names are the OpenTelemetry collector's.
public sealed interface TailRule {
  record AlwaysSample() implements TailRule {}

  /// From the first start to the last end.
  ///
  /// @param upperMillis inclusive; 0 for none
  record Latency(long thresholdMillis, long upperMillis) implements TailRule {}

  /// A whole number of any span or resource within both bounds, which are inclusive.
  record NumericAttribute(String key, long min, long max, boolean invert) implements TailRule {}

  /// @param salt makes collectors decide differently on purpose
  record Probabilistic(double percentage, String salt) implements TailRule {}

  record StatusCode(Set<SpanStatus.Code> codes) implements TailRule {
    public StatusCode {
      codes = Set.copyOf(codes);
    }
  }

  /// Text of any span or resource.
  ///
  /// @param values texts; unused when there are patterns
  /// @param patterns found anywhere in the text
  record StringAttribute(String key, Set<String> values, List<Pattern> patterns, boolean invert)
      implements TailRule {
    public StringAttribute {
      values = Set.copyOf(values);
      patterns = List.copyOf(patterns);
    }
  }

  /// A member of the W3C trace state of any span.
  record TraceState(String key, Set<String> values) implements TailRule {
    public TraceState {
      values = Set.copyOf(values);
    }
  }

  /// W3C's flag `sampled` on any span.
  record TraceFlags() implements TailRule {}

  record RateLimiting(long spansPerSecond) implements TailRule {}

  /// A token bucket.
  record BytesLimiting(long bytesPerSecond, long burst) implements TailRule {}

  /// Both bounds are inclusive.
  ///
  /// @param max 0 for none
  record SpanCount(int min, int max) implements TailRule {}

  record BooleanAttribute(String key, boolean value, boolean invert) implements TailRule {}

  /// All of them.
  record And(List<TailRule> rules) implements TailRule {
    public And {
      rules = List.copyOf(rules);
    }
  }

  /// A trace for which all of them hold is not sampled, whatever others say.
  record Drop(List<TailRule> rules) implements TailRule {
    public Drop {
      rules = List.copyOf(rules);
    }
  }

  /// The first of them that holds decides, within its share of the spans a second.
  ///
  /// @param shares percent of {@code spansPerSecond} by name
  record Composite(long spansPerSecond, List<TailPolicy> policies, Map<String, Integer> shares)
      implements TailRule {
    public Composite {
      policies = List.copyOf(policies);
      shares = Map.copyOf(shares);
    }
  }
}
