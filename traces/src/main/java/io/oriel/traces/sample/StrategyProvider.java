package io.oriel.traces.sample;

import io.oriel.wire.jaeger.SamplingStrategy;

/// Knows how the spans of a service shall be sampled. Thread-safe.
@FunctionalInterface
public interface StrategyProvider {
  SamplingStrategy strategyOf(String service);
}
