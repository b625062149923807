/// Reads files that others write, rename, empty and delete, and loses no line of them.
///
/// Start at {@link Tailer}: it looks for files, knows them again ({@link FileMatching}), and has a
/// few threads read them in turns, a bounded piece each. What becomes of the lines is the business
/// of a {@link LineSink}, one per open file. {@link Registry} keeps what is known of every file:
/// identity, generation, position. Bytes: docs/formats/ship-registry.md.
///
/// A file is known by inode, birth and a growing fingerprint (up to the first 1024 bytes), never by
/// its name alone. A file that was emptied begins a new generation, which is durable before its
/// first line is passed on; document ids contain it. Between a look at a file and a read of it
/// anything may happen, so every read is held against what was seen or read before, in the same
/// bytes; and a copy that is still being made is not judged. An inode that is held open is that
/// file's whatever its name and content are; that of an empty file that is gone is nobody's.
///
/// Trap: the registry's position is what is durable in the spool, not what was read. Only a restart
/// goes by it.
@NullMarked
package io.oriel.logs.tail;

import org.jspecify.annotations.NullMarked;
