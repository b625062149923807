package io.oriel.traces.batch;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What became of every span. Thread-safe.
public final class SpanLedger {
  /// Why a span is not stored.
  public enum Loss {
    /** The queue was full, and the sender was told so if its protocol can. */
    QUEUE_FULL,
    /** The collector was stopping, or its disk refused; the sender was told so if it can be. */
    UNAVAILABLE,
    /** It has no id, or is malformed otherwise; the sender was told so if its protocol can. */
    INVALID,
    /** Sampling decided so. */
    SAMPLED_OUT,
    /** The engine will never take its document. */
    REFUSED_BY_ENGINE,
    /** The collector stopped before the engine took it. */
    SHUTDOWN;

    /// As labels have it.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final LongAdder received = new LongAdder();
  private final LongAdder stored = new LongAdder();
  private final LongAdder handedOn = new LongAdder();
  private final LongAdder recovered = new LongAdder();
  private final LongAdder kept = new LongAdder();
  private final Map<Loss, LongAdder> dropped = new EnumMap<>(Loss.class);

  public SpanLedger() {
    for (Loss loss : Loss.values()) {
      dropped.put(loss, new LongAdder());
    }
  }

  /// Spans came in.
  public void receive(long count) {
    received.add(count);
  }

  /// The engine has them.
  public void store(long count) {
    stored.add(count);
  }

  /// Another collector has them, and has received them on its own books.
  public void handOn(long count) {
    handedOn.add(count);
  }

  /// An earlier process had received them, and left them on disk.
  public void recover(long count) {
    recovered.add(count);
  }

  /// They are left on disk for the next start.
  public void keep(long count) {
    kept.add(count);
  }

  /// They are lost to us.
  public void drop(Loss why, long count) {
    dropped(why).add(count);
  }

  public long received() {
    return received.sum();
  }

  public long stored() {
    return stored.sum();
  }

  public long handedOn() {
    return handedOn.sum();
  }

  public long recovered() {
    return recovered.sum();
  }

  public long kept() {
    return kept.sum();
  }

  public long droppedFor(Loss why) {
    return dropped(why).sum();
  }

  /// All that were dropped, for whatever reason.
  public long dropped() {
    return dropped.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /// What must be held somewhere now, if nothing is amiss.
  public long owed() {
    return received() + recovered() - stored() - handedOn() - dropped() - kept();
  }

  private LongAdder dropped(Loss why) {
    LongAdder adder = dropped.get(why);
    if (adder == null) {
      throw new IllegalStateException("no counter for " + why);
    }
    return adder;
  }
}
