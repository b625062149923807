package io.oriel.traces.batch;

import io.oriel.model.error.RetryLater;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Puts spans on disk before it hands them on, so that whoever is told that they are taken can rely
/// on it. Thread-safe.
public final class JournalSink implements SpanSink {
  private static final long PAUSE_MILLIS = 100;

  private final SpanJournal journal;
  private final SpanSink next;
  private final SpanLedger ledger;

  /// @param journal stays its maker's to close, after {@code next} has settled what it will
  public JournalSink(SpanJournal journal, SpanSink next, SpanLedger ledger) {
    this.journal = journal;
    this.next = next;
    this.ledger = ledger;
  }

  @Override
  public void take(SpanBatch batch) {
    if (batch.size() == 0) {
      return;
    }
    next.check(batch.size(), batch.bytes());
    Receipt receipt = journal.append(batch);
    try {
      next.take(batch.owing(receipt));
    } catch (RetryLater e) {
      receipt.settle(batch.size());
      throw e;
    }
  }

  @Override
  public void check(int spans, long bytes) {
    next.check(spans, bytes);
  }

  /// Hands on what an earlier process has left, as room comes, until all of it is or {@code
  /// closing} is over.
  public void recover(CountDownLatch closing) throws IOException, InterruptedException {
    journal.recover(
        batch -> {
          ledger.recover(batch.size());
          while (true) {
            try {
              next.take(batch);
              return true;
            } catch (RetryLater _) {
              if (closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                ledger.keep(batch.size());
                return false;
              }
            }
          }
        });
  }
}
