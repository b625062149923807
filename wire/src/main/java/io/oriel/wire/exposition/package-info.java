/// What a scrape target says: Prometheus text, OpenMetrics and protobuf, read and written.
///
/// Start at {@link Exposition}, which picks the parser for an answer's content type. Parsers are
/// pull parsers over one byte array: per sample they hand out the bytes that name the series and a
/// hash of them, so that a scrape loop that has seen the series before builds no label set.
///
/// Formats: Prometheus text 0.0.4 and 1.0.0, OpenMetrics 1.0 (text 0.0.1 and 1.0.0), and delimited
/// `io.prometheus.client.MetricFamily` messages of prometheus/client_model.
///
/// Trap: the scrape parsers are as lax as Prometheus' own; what the OpenMetrics specification
/// forbids beyond that is found by {@link OpenMetricsCheck} only.
@NullMarked
package io.oriel.wire.exposition;

import org.jspecify.annotations.NullMarked;
