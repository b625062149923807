package io.oriel.logs.parse;

import java.util.Locale;
import java.util.Optional;

/// What is taken off the ends of a text, as `trim_values` and `trim_chars` of Filebeat's `dissect`
/// say.
///
/// @param chars each of these letters is taken off
public record Trim(Side side, String chars) {
  /// Nothing is taken off.
  public static final Trim NONE = new Trim(Side.NONE, " ");

  /// At which ends.
  public enum Side {
    NONE,
    LEFT,
    RIGHT,
    ALL;

    /// The side that a setting's word stands for, in upper or lower case.
    public static Optional<Side> ofWord(String word) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "", "none" -> Optional.of(NONE);
        case "left" -> Optional.of(LEFT);
        case "right" -> Optional.of(RIGHT);
        case "all", "both" -> Optional.of(ALL);
        default -> Optional.empty();
      };
    }
  }

  /// The rest of {@code text}.
  String of(String text) {
    int from = 0;
    int to = text.length();
    if (side == Side.LEFT || side == Side.ALL) {
      while (from < to && isOff(text.codePointAt(from))) {
        from += Character.charCount(text.codePointAt(from));
      }
    }
    if (side == Side.RIGHT || side == Side.ALL) {
      while (from < to && isOff(text.codePointBefore(to))) {
        to -= Character.charCount(text.codePointBefore(to));
      }
    }
    return text.substring(from, to);
  }

  private boolean isOff(int letter) {
    return chars.indexOf(letter) >= 0;
  }
}
