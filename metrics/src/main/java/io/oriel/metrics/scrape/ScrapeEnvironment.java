package io.oriel.metrics.scrape;

import io.oriel.metrics.discovery.Discoveries;
import io.oriel.metrics.discovery.Pause;
import io.oriel.model.series.Appendable;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// What scraping needs from outside.
///
/// @param nanoTime elapsed time
public record ScrapeEnvironment(
    Appendable storage,
    ScrapeMetrics metrics,
    Discoveries.Environment discovery,
    IntakeOptions options,
    InstantSource clock,
    LongSupplier nanoTime,
    Pause pause,
    String userAgent) {}
