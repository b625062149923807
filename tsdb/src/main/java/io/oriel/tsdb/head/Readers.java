package io.oriel.tsdb.head;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// The open readers. Thread-safe.
final class Readers {
  /// One reader.
  ///
  /// @param number in the order of opening
  /// @param visible the last commit that it sees
  /// @param minMillis the oldest time it may ask for
  record Ticket(long number, long visible, long minMillis) {}

  @GuardedBy("this")
  private final TreeMap<Long, Ticket> open = new TreeMap<>();

  @GuardedBy("this")
  private long opened;

  /// Registers a reader that sees what {@code visible} says now.
  synchronized Ticket enter(LongSupplier visible, long minMillis) {
    Ticket ticket = new Ticket(++opened, visible.getAsLong(), minMillis);
    open.put(ticket.number(), ticket);
    return ticket;
  }

  synchronized void leave(Ticket ticket) {
    open.remove(ticket.number());
    notifyAll();
  }

  /// The last commit that every open reader sees, and every one that opens now.
  synchronized long oldest(long visible) {
    Map.Entry<Long, Ticket> first = open.firstEntry();
    return first == null ? visible : Math.min(visible, first.getValue().visible());
  }

  /// Waits until those readers have gone that are open now and may ask for times before {@code
  /// minMillis}.
  synchronized void awaitThoseBefore(long minMillis) throws InterruptedIOException {
    long last = opened;
    while (open.headMap(last, true).values().stream().anyMatch(t -> t.minMillis() < minMillis)) {
      try {
        wait();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while readers of the head were open");
      }
    }
  }
}
