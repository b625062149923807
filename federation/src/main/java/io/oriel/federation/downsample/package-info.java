/// Old samples at a coarser step: what makes a year affordable to look at.
///
/// Start at {@link Downsampler}, which makes one block of another, and at {@link AggrChunk}, the
/// chunk that downsampled blocks consist of: count, sum, minimum, maximum and counter of each
/// window of five minutes or an hour. Format and windows are Thanos' (pkg/compact/downsample
/// upstream; docs/formats/aggregate-chunks.md).
///
/// Trap: the counter aggregate is not one sample per window. Its first sample is the first raw
/// value of the chunk, and the last raw value is appended again under the last window's time, so
/// that whoever joins two chunks can tell a reset between them. {@link CounterJoin} is the one
/// reader that knows.
@NullMarked
package io.oriel.federation.downsample;

import org.jspecify.annotations.NullMarked;
