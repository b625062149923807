/// Finds targets: static lists, files, HTTP, DNS and Kubernetes.
///
/// A {@link Discovery} runs one config and tells a {@link TargetGroupSink} whole groups, each of
/// which replaces the earlier group of the same source. Start at {@link Discoveries}, which starts
/// them all for a list of configs and keeps the present groups. Relabelling groups into targets is
/// `metrics.scrape`'s work.
///
/// Kinds that cannot be run are reported, once in the log and in `prometheus_sd_failed_configs`,
/// never silently left out. The labels `__meta_…` are those of Prometheus docs,
/// configuration/configuration.md.
@NullMarked
package io.oriel.metrics.discovery;

import org.jspecify.annotations.NullMarked;
