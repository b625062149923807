/// How fast a bucket's blocks are merged and downsampled, in samples per second of processor time,
/// so that a busy machine does not change the figures much.
///
/// Start at {@link io.oriel.benchmarks.blocks.BlockWork}. Everything is measured through the doors
/// that the compactor role uses, with downloading from and uploading to a bucket that is a
/// directory.
@NullMarked
package io.oriel.benchmarks.blocks;

import org.jspecify.annotations.NullMarked;
