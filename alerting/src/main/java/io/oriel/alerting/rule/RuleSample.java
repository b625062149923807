package io.oriel.alerting.rule;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import org.jspecify.annotations.Nullable;

/// One series of an instant query's result.
///
/// @param value the float value; meaningless when there is a histogram
public record RuleSample(Labels labels, double value, @Nullable NativeHistogram histogram) {}
