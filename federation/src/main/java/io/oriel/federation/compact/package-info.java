/// What happens to blocks once they are in the bucket: merged, downsampled, expired, deleted.
///
/// Start at {@link BucketCompactor}, whose `runOnce` does what there is to do. A stream is what has
/// the same external labels and resolution; each is planned by {@link CompactionPlanner}, a pure
/// function, and worked on apart, so that a stream that cannot go on holds up no other. There is no
/// halt: a block that cannot be merged is marked `no-compact` with the reason, and the rest of its
/// stream goes on around it.
///
/// A crash at any point leaves the bucket valid, by the order of changes alone: a new block is
/// uploaded whole, then its sources are marked for deletion; in between they are duplicates, which
/// every reader drops and the next run marks. A mark becomes a deletion after a delay, so that
/// readers have looked again before anything vanishes.
///
/// Two compactors do not collide: who works holds a {@link BucketLease}, and checks it before each
/// change.
@NullMarked
package io.oriel.federation.compact;

import org.jspecify.annotations.NullMarked;
