/// The write-ahead log: what was acknowledged, before it is in a block.
///
/// Start at {@link Wal} to write, {@link WalReader} to replay and {@link WalTailer} to follow it
/// while it grows, as remote write does. It exists because memory forgets. Format:
/// docs/formats/wal.md (upstream tsdb/docs/format/wal.md): segments of 128 MiB, pages of 32 KiB,
/// records in fragments with CRC-32C, snappy or zstd by record.
///
/// Trap: a record belongs to one segment, never to two; a torn tail is therefore the end of its
/// segment, and whoever opens the log starts a new one.
@NullMarked
package io.oriel.tsdb.wal;

import org.jspecify.annotations.NullMarked;
