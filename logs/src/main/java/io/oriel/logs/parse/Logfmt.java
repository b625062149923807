package io.oriel.logs.parse;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Texts of `key=value key="quoted \"value\"" flag`, as Heroku and Go programs write them.
public final class Logfmt {
  private static final int MAX_PAIRS = 1_000;

  private Logfmt() {}

  /// The pairs; a key without a value is true. Empty when there is no single pair with `=`.
  public static Optional<Map<String, Object>> parse(String text) {
    Map<String, Object> pairs = new LinkedHashMap<>();
    boolean assigned = false;
    int at = 0;
    while (at < text.length() && pairs.size() < MAX_PAIRS) {
      if (text.charAt(at) <= ' ') {
        at++;
        continue;
      }
      int from = at;
      while (at < text.length() && text.charAt(at) > ' ' && "=\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String key = text.substring(from, at);
      if (key.isEmpty() || at < text.length() && text.charAt(at) == '"') {
        return Optional.empty();
      }
      if (at == text.length() || text.charAt(at) != '=') {
        pairs.put(key, true);
        continue;
      }
      at++;
      assigned = true;
      if (at < text.length() && text.charAt(at) == '"') {
        StringBuilder value = new StringBuilder();
        at = quoted(text, at + 1, value);
        if (at < 0) {
          return Optional.empty();
        }
        pairs.put(key, value.toString());
      } else {
        from = at;
        while (at < text.length() && text.charAt(at) > ' ') {
          at++;
        }
        pairs.put(key, text.substring(from, at));
      }
    }
    return assigned ? Optional.of(pairs) : Optional.empty();
  }

  /// Where the text goes on after a quoted value; negative when its quote is not closed.
  private static int quoted(String text, int from, StringBuilder value) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\' && i + 1 < text.length()) {
        char escaped = text.charAt(++i);
        value.append(
            switch (escaped) {
              case 'n' -> '\n';
              case 't' -> '\t';
              case 'r' -> '\r';
              default -> escaped;
            });
      } else {
        value.append(c);
      }
    }
    return -1;
  }
}
