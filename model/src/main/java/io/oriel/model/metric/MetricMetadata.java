package io.oriel.model.metric;

/// What is known of a metric family beyond its samples.
///
/// @param unit the base unit, or empty
/// @param help the help text, or empty
public record MetricMetadata(MetricType type, String unit, String help) {}
