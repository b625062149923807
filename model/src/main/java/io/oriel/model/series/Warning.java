package io.oriel.model.series;

/// Something an answer's reader should know: part of it is missing, or the question was probably
/// not meant so.
///
/// @param level a warning doubts the answer, an info doubts the question
/// @param text what happened, fit to be shown
public record Warning(Level level, String text) {
  /// How much it matters.
  public enum Level {
    WARNING,
    INFO
  }

  public static Warning warning(String text) {
    return new Warning(Level.WARNING, text);
  }

  public static Warning info(String text) {
    return new Warning(Level.INFO, text);
  }
}
