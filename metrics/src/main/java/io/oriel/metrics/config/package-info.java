/// prometheus.yml as immutable records, accepted and refused exactly as Prometheus 3 does.
///
/// It is a room of its own because discovery, scraping, remote storage, rules and the API each need
/// a part of it and none may depend on another. Start at {@link PrometheusConfig#load}.
///
/// Format: Prometheus docs, configuration/configuration.md. All 37 kinds of service discovery are
/// accepted and validated; those that nothing here can run are kept as {@link
/// DiscoveryConfig.Unsupported}, so that whoever starts them can say so aloud.
@NullMarked
package io.oriel.metrics.config;

import org.jspecify.annotations.NullMarked;
