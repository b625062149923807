/// `oriel compact`: keeps a bucket, what Thanos Compactor does.
///
/// It exists so that blocks are merged, downsampled, expired and deleted beside those who upload
/// and read them. Start at {@link CompactRole}; flags are Thanos'.
///
/// Trap: several on one bucket are no mistake, one works and the others wait for its lease.
@NullMarked
package io.oriel.app.role.compact;

import org.jspecify.annotations.NullMarked;
