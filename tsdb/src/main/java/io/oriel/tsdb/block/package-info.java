/// How a head becomes immutable: block directories on disk.
///
/// A block is written once, under a temporary name, synced, then renamed; after that nothing in it
/// changes but its tombstones. So readers take no locks, and a block may be copied while it is
/// queried.
///
/// Start at {@link Block} to read and {@link BlockWriter} to write. Bytes: docs/formats/index.md
/// and docs/formats/chunks.md, compatible with Prometheus' TSDB (index format v2).
///
/// Trap: closing a block unmaps its files, so a reader holds it by {@link Block#retain} for as long
/// as it looks.
@NullMarked
package io.oriel.tsdb.block;

import org.jspecify.annotations.NullMarked;
