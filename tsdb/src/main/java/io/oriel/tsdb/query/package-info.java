/// Several sources of series as one: blocks and head, merged by labels and by time.
///
/// Start at {@link MergedQuerier}. It is a room of its own because the door of the database and
/// compaction both read through it.
///
/// Trap: when two sources have a sample of the same time, the earlier source in the list wins.
@NullMarked
package io.oriel.tsdb.query;

import org.jspecify.annotations.NullMarked;
