/// Sending samples on: each `remote_write` of the config is a queue that follows the log of the
/// database and posts what is new.
///
/// Start at {@link RemoteWrites}. A {@link WriteQueue} reads the log on a thread of its own, gives
/// each series its outgoing labels once, and deals samples out to shards by series, so that each
/// series stays in order. A shard gathers a batch and posts it, again and again while the other
/// side says that it may work later. A full shard makes the reader wait: the log on disk is the
/// buffer, nothing is dropped for want of room.
///
/// Accounting: every sample read from the log is sent, or counted as dropped with a reason, or as
/// failed, or pending.
///
/// Format: remote write 1.0 and 2.0 of `wire.remotewrite`. Metrics carry upstream's names.
@NullMarked
package io.oriel.metrics.queue;

import org.jspecify.annotations.NullMarked;
