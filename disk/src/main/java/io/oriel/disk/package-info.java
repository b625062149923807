/// Files that survive.
///
/// Start at {@link Disk}: everything that must be there after a power cut is written through it,
/// and its evil twin in the tests, `CrashDisk`, forgets what was not synced. {@link DurableFile} is
/// the one recipe for a file that appears whole or not at all; {@link Crc32c} the one checksum.
/// Nothing here knows what the bytes mean.
///
/// Trap: a file's content and its name become durable separately. Syncing the file keeps the bytes,
/// syncing the directory keeps the name; forgetting the second is the classic way to lose a file
/// that was "synced".
@NullMarked
package io.oriel.disk;

import org.jspecify.annotations.NullMarked;
