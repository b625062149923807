/// What keeps events between reading and delivery: a bounded log on disk.
///
/// Start at {@link Spool}. A chunk of events and the file position after them are one {@link
/// io.oriel.disk.Frames frame}, so both are there after a crash or neither is; a position counts
/// once the frame is synced, and only synced frames are delivered. A full spool makes the reader
/// wait: the log files themselves are the buffer then. Bytes: docs/formats/ship-spool.md.
///
/// Trap: a segment may only be deleted after the registry of positions was synced, because until
/// then the segment is the only place that knows them; that is what {@code beforeDelete} is for.
@NullMarked
package io.oriel.logs.spool;

import org.jspecify.annotations.NullMarked;
