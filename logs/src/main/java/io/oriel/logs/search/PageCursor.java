package io.oriel.logs.search;

import io.oriel.model.error.OrielException;
import io.oriel.search.query.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Where a page ended: a point in time of the engine, and the last line's sort keys.
record PageCursor(String point, List<Scalar> keys) {
  private static final String SEPARATOR = "\n";
  private static final int MAX_LENGTH = 1 << 20;

  PageCursor {
    keys = List.copyOf(keys);
  }

  static PageCursor none() {
    return new PageCursor("", List.of());
  }

  /// As clients carry it around.
  String text() {
    StringBuilder out = new StringBuilder(point);
    for (Scalar key : keys) {
      out.append(SEPARATOR);
      switch (key) {
        case Scalar.Whole whole -> out.append('n').append(whole.value());
        case Scalar.Absent _ -> out.append('-');
        case Scalar.Text text -> out.append('t').append(text.value());
        case Scalar.Real real -> out.append('d').append(real.value());
        case Scalar.Truth truth -> out.append('b').append(truth.value());
      }
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(out.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// @throws OrielException of kind INVALID when it is none
  static PageCursor parse(String text) {
    try {
      if (text.length() > MAX_LENGTH) {
        throw new IllegalArgumentException("too long");
      }
      String[] parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8)
              .split(SEPARATOR, -1);
      List<Scalar> keys = new ArrayList<>();
      for (int i = 1; i < parts.length; i++) {
        keys.add(key(parts[i]));
      }
      if (parts[0].isEmpty() || keys.isEmpty()) {
        throw new IllegalArgumentException("empty");
      }
      return new PageCursor(parts[0], keys);
    } catch (IllegalArgumentException e) {
      throw new OrielException(
          io.oriel.model.error.Kind.INVALID, "cursor: not one that a page came with", e);
    }
  }

  private static Scalar key(String part) {
    if (part.isEmpty()) {
      throw new IllegalArgumentException("empty key");
    }
    String value = part.substring(1);
    return switch (part.charAt(0)) {
      case 'n' -> Scalar.of(Long.parseLong(value));
      case 't' -> Scalar.of(value);
      case 'd' -> Scalar.of(Double.parseDouble(value));
      case 'b' -> Scalar.of(Boolean.parseBoolean(value));
      case '-' -> new Scalar.Absent();
      default -> throw new IllegalArgumentException("unknown key");
    };
  }
}
