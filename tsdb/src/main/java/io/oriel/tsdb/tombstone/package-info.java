/// What is deleted but still on disk.
///
/// Start at {@link Tombstones}. A deletion is noted as time ranges per series and hides samples at
/// once; the next compaction, or a clean-up, writes the block anew without them. Bytes:
/// docs/formats/tombstones.md, compatible with tsdb/docs/format/tombstones.md upstream.
@NullMarked
package io.oriel.tsdb.tombstone;

import org.jspecify.annotations.NullMarked;
