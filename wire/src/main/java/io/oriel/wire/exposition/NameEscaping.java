package io.oriel.wire.exposition;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Quoted;

/// How names beyond the legacy rule are written for a reader that does not know them; the word goes
/// into the `escaping` parameter of Accept and Content-Type.
public enum NameEscaping {
  ALLOW_UTF8("allow-utf-8"),
  UNDERSCORES("underscores"),
  DOTS("dots"),
  VALUES("values");

  private static final String HEX = "0123456789abcdef";

  private final String word;

  NameEscaping(String word) {
    this.word = word;
  }

  /// As headers and the config write it.
  public String word() {
    return word;
  }

  /// The scheme called {@code word}.
  ///
  /// @throws OrielException of kind INVALID when there is none
  public static NameEscaping ofWord(String word) {
    for (NameEscaping scheme : values()) {
      if (scheme.word.equals(word)) {
        return scheme;
      }
    }
    throw OrielException.invalid(
        "unknown name escaping scheme "
            + Quoted.of(word)
            + ", want allow-utf-8, underscores, dots or values");
  }

  /// {@code name} as this scheme writes it.
  public String escape(String name) {
    if (name.isEmpty()) {
      return name;
    }
    return switch (this) {
      case ALLOW_UTF8 -> name;
      case UNDERSCORES -> LabelName.isLegacyMetric(name) ? name : underscores(name);
      case DOTS -> dots(name);
      case VALUES -> LabelName.isLegacyMetric(name) ? name : byValue(name);
    };
  }

  private static String underscores(String name) {
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      int c = name.codePointAt(i);
      out.append(isLegacy(c, i) ? (char) c : '_');
    }
    return out.toString();
  }

  private static String dots(String name) {
    StringBuilder out = new StringBuilder(name.length() + 8);
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      int c = name.codePointAt(i);
      if (c == '_') {
        out.append("__");
      } else if (c == '.') {
        out.append("_dot_");
      } else if (isLegacy(c, i)) {
        out.append((char) c);
      } else {
        out.append("__");
      }
    }
    return out.toString();
  }

  private static String byValue(String name) {
    StringBuilder out = new StringBuilder("U__");
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      int c = name.codePointAt(i);
      if (c == '_') {
        out.append("__");
      } else if (isLegacy(c, i)) {
        out.append((char) c);
      } else {
        out.append('_').append(Integer.toHexString(c)).append('_');
      }
    }
    return out.toString();
  }

  private static boolean isLegacy(int c, int at) {
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    return letter || (at > 0 && c >= '0' && c <= '9');
  }

  /// The name that {@code escaped} stands for; {@code escaped} itself when it is not written in
  /// this scheme, or the scheme loses what was there.
  public String unescape(String escaped) {
    return switch (this) {
      case ALLOW_UTF8, UNDERSCORES -> escaped;
      case DOTS -> escaped.replace("_dot_", ".").replace("__", "_");
      case VALUES -> escaped.startsWith("U__") ? fromValues(escaped) : escaped;
    };
  }

  private static String fromValues(String escaped) {
    StringBuilder out = new StringBuilder();
    int i = 3;
    while (i < escaped.length()) {
      char c = escaped.charAt(i);
      if (c != '_') {
        out.append(c);
        i++;
        continue;
      }
      int close = escaped.indexOf('_', i + 1);
      if (close == i + 1) {
        out.append('_');
        i += 2;
        continue;
      }
      if (close < 0 || close - i > 7 || !isHex(escaped, i + 1, close)) {
        return escaped;
      }
      int point = Integer.parseInt(escaped, i + 1, close, 16);
      if (!Character.isValidCodePoint(point) || (point >= 0xD800 && point < 0xE000)) {
        return escaped;
      }
      out.appendCodePoint(point);
      i = close + 1;
    }
    return out.toString();
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (HEX.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return to > from;
  }
}
