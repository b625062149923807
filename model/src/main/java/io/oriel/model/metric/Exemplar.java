package io.oriel.model.metric;

import io.oriel.model.labels.Labels;

/// One observation that stands for a sample, usually with a trace id among its labels.
///
/// @param timestampMillis Unix milliseconds; meaningless unless {@code hasTimestamp}
/// @param hasTimestamp whether the source gave a time; if not, the sample's time is used
public record Exemplar(Labels labels, double value, long timestampMillis, boolean hasTimestamp) {}
