/// Anything that can answer for series, seen alike: a local database, a Prometheus, a bucket,
/// another process.
///
/// Start at {@link Store}. {@link LocalStore} serves what is in this process, {@link
/// RemoteReadStore} a Prometheus beside it, {@link GrpcStore} another process; {@link StoreService}
/// serves any of them over gRPC. What there is beside series, namely rules, targets, metadata and
/// exemplars, are {@link Facts}, which {@link FactsService} serves. The contract is Thanos'
/// StoreAPI (pkg/store upstream) and is written down as tests that run against every
/// implementation: external labels win over labels of the series, matchers on external labels
/// select or exclude the whole store, series are sorted after the removal of replica labels, and a
/// series' parts follow one another.
///
/// Trap: adding a label to two series may change their order, so a store sorts after it has put the
/// labels on.
@NullMarked
package io.oriel.federation.store;

import org.jspecify.annotations.NullMarked;
