/// Spans on their way to the engine: a bounded queue, and workers that write batches of it.
///
/// It exists so that a slow or absent engine is felt by senders, not by the memory. Receivers give
/// {@link SpanBatch}es to a {@link SpanSink}; {@link SpanQueue} is the one before the engine, which
/// holds them as the bytes that are sent, {@link Delivery} empties it in bulk requests, retries
/// what the engine could not take, and drains on stop. When full the queue refuses: senders are
/// told when to come again. What is taken stays within the queue's bound until the engine has
/// answered for it.
///
/// A queue in memory forgets what it holds when its process is killed, though the senders were told
/// that it is taken. {@link JournalSink} before the queue puts batches on disk first, in a {@link
/// SpanJournal}, which is told by the {@link Receipt} of each batch when it can forget it. Bytes:
/// docs/formats/span-journal.md.
///
/// Accounting, kept by {@link SpanLedger}: spans received + recovered = stored + handed on to
/// others
/// + dropped by reason + left on disk + held.
///
/// Trap: a bulk request whose answer got lost is sent again; documents have ids made of their
/// content, so nothing is stored twice.
@NullMarked
package io.oriel.traces.batch;

import org.jspecify.annotations.NullMarked;
