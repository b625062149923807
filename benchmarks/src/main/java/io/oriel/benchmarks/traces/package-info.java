/// Traces beside a real Jaeger, on one search engine: what collecting a span costs, and how long
/// people wait for a trace and for a search.
///
/// It exists because the budget says so. Start at {@link JaegerComparison}. Every server is a
/// process of its own on loopback; CPU time and memory are read from `/proc`, so it runs on Linux
/// only.
@NullMarked
package io.oriel.benchmarks.traces;

import org.jspecify.annotations.NullMarked;
