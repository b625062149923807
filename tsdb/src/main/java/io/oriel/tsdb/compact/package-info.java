/// How many small blocks become few large ones, and how old ones leave.
///
/// Start at {@link BlockMerge}, which writes one block from any view of series, and {@link
/// CompactionPlan}, which says what is worth merging and what has to go. The plan is a pure
/// function of the blocks' `meta.json`, so it can be tested without a disk. Rules are those of
/// upstream's leveled compaction.
///
/// Trap: overlapping blocks are merged first, whatever their level, because reading them costs
/// most.
@NullMarked
package io.oriel.tsdb.compact;

import org.jspecify.annotations.NullMarked;
