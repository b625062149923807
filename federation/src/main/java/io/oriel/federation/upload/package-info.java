/// How the blocks of a local database get into the bucket.
///
/// Start at {@link Shipper}: each call of `sync` looks at the data directory, verifies what is new,
/// and uploads it with the replica's external labels, `meta.json` last. State is Thanos'
/// `thanos.shipper.json`, which Prometheus also reads to know which blocks it may compact.
///
/// Nothing is lost: a block is listed as uploaded only once its `meta.json` is in the bucket, and
/// the database's own deletions cannot touch the files while they are read, because a second name
/// is held for each. Nothing is doubled: files that are there are not sent again, a block that is
/// there is not either, and a compacted block whose sources were all shipped is passed over; one
/// whose sources were shipped in part covers them, and every reader of the bucket drops covered
/// blocks.
///
/// {@link EarlyShipper} sends what is in no block yet, so that a lost disk costs minutes.
///
/// Trap: two replicas with the same external labels would ship into one stream and overlap there.
@NullMarked
package io.oriel.federation.upload;

import org.jspecify.annotations.NullMarked;
