/// `oriel sidecar`: StoreAPI beside a real Prometheus, what Thanos Sidecar is.
///
/// It exists for clusters that keep their Prometheus. Start at {@link SidecarRole}; {@link
/// SidecarReloader} makes the Prometheus read its files again. Flags and metrics are Thanos'.
///
/// Trap: a Prometheus must not merge its blocks before they are uploaded; where it may, nothing is
/// uploaded, and {@link BlockSizes} says why.
@NullMarked
package io.oriel.app.role.sidecar;

import org.jspecify.annotations.NullMarked;
