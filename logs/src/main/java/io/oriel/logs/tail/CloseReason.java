package io.oriel.logs.tail;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Why a file is closed.
enum CloseReason {
  /** Its name is gone. */
  REMOVED,
  /** Its name leads elsewhere. */
  RENAMED,
  /** It said nothing for long. */
  INACTIVE,
  /** It was open for long, whether read to its end or not. */
  INTERVAL,
  /** It is read to its present end, and that is enough. */
  EOF,
  /** Another one needs its place. */
  LIMIT,
  /** It is read to its end, and nothing can follow. */
  COMPLETE,
  /** It was to be complete, and is another one by now. */
  REPLACED,
  /** It cannot be read. */
  ERROR,
  /** Nothing is read any more. */
  STOP;

  /** A file that is gone may get lines for a moment from a writer that has it open. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /// Why the file should be closed at {@code now}, on the ticker, wherever it is read to.
  static Optional<CloseReason> of(TailedFile file, TailConfig.Closing wanted, long now) {
    long silent = now - file.activeNanos;
    if (file.removed && wanted.removed() && silent > GRACE_NANOS) {
      return Optional.of(REMOVED);
    }
    if (file.renamed && wanted.renamed() && silent > GRACE_NANOS) {
      return Optional.of(RENAMED);
    }
    if (wanted.inactive().isPositive() && silent > wanted.inactive().toNanos()) {
      return Optional.of(INACTIVE);
    }
    boolean openLong =
        wanted.afterInterval().isPositive()
            && now - file.openedNanos > wanted.afterInterval().toNanos();
    return openLong ? Optional.of(INTERVAL) : Optional.empty();
  }

  /// As the counter has it.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
