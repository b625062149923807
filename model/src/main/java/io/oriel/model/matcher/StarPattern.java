package io.oriel.model.matcher;

/// Text in which `*` stands for anything, as in names of indices and fields. Matching takes time
/// proportional to pattern and text together at best, to their product at worst, whoever wrote
/// them.
public final class StarPattern {
  private StarPattern() {}

  /// Whether the whole of {@code text} is as {@code pattern} says.
  public static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int from = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        from = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        // the last star takes one character more; those before it need not be tried again
        p = star + 1;
        t = ++from;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
