package io.oriel.logs.parse;

/// One step of what is done to a file's events, in order. Has the file's state; used by one thread
/// at a time.
public interface Stage {
  /// Takes an event and passes on none, one or several.
  void accept(LogEvent event, Next next);

  /// Passes on what has waited too long.
  ///
  /// @param nanos elapsed time
  default void tick(long nanos, Next next) {}

  /// Passes on everything that is held back.
  default void flush(Next next) {}

  /// The offset of the first line that is held back; the largest number when there is none.
  default long pendingFrom() {
    return Long.MAX_VALUE;
  }

  /// How many lines are held back.
  default long pendingLines() {
    return 0;
  }

  /// Who comes next.
  interface Next {
    void accept(LogEvent event);
  }
}
