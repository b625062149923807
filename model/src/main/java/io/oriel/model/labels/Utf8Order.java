package io.oriel.model.labels;

import java.util.Comparator;

/// The order of strings by their UTF-8 bytes, which is the order of their code points.
///
/// Differs from `String.compareTo` only where a surrogate pair meets a character from U+E000 to
/// U+FFFF.
public final class Utf8Order {
  /// {@link #compare} as a comparator.
  public static final Comparator<String> COMPARATOR = Utf8Order::compare;

  private Utf8Order() {}

  /// Negative, zero or positive as {@code a} sorts before, with or after {@code b}.
  public static int compare(String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.compare(rank(x), rank(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /// Moves surrogates behind U+E000…U+FFFF, where the code points they stand for belong.
  private static char rank(char c) {
    if (c < 0xD800) {
      return c;
    }
    return (char) (c < 0xE000 ? c + 0x2000 : c - 0x0800);
  }
}
