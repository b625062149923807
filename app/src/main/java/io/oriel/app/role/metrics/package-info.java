/// `oriel metrics`: one Prometheus, with a sidecar's duties built in.
///
/// It exists so that scraping, storage, rules and alerts, remote write and read, and the HTTP API
/// are joined in one place: {@link MetricsRole}, run as {@link MetricsOptions} say. {@link
/// MetricsApi} has what reads and writes samples, {@link RemoteStorage} the remote ends, {@link
/// Sharing} StoreAPI and the upload of blocks, as {@link SharingOptions} say. Flags are
/// Prometheus', one class per family, with Thanos' for what is shared.
///
/// Trap: the server answers before the log is replayed; until then {@link OpeningStorage} stands
/// for the database.
@NullMarked
package io.oriel.app.role.metrics;

import org.jspecify.annotations.NullMarked;
