package io.oriel.wire.elastic;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An action line as most clients write it: an operation with an index and an id of plain letters.
/// Whatever else is in it is left to {@link ActionLine}, which takes ten times as long.
final class PlainActionLine {
  private final byte[] bytes;
  private final int end;
  private int at;

  private PlainActionLine(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /// @return null when the line is not a plain one, be it right or wrong
  static @Nullable BulkAction parse(byte[] bytes, int start, int end) {
    return new PlainActionLine(bytes, start, end).read();
  }

  private @Nullable BulkAction read() {
    if (!passes('{')) {
      return null;
    }
    String word = text();
    Optional<BulkOp> op = word == null ? Optional.empty() : BulkOp.ofWord(word);
    if (op.isEmpty() || !passes(':') || !passes('{')) {
      return null;
    }
    String index = "";
    String id = "";
    do {
      String name = text();
      String value = name != null && passes(':') ? text() : null;
      if (name == null || value == null) {
        return null;
      }
      switch (name) {
        case "_index" -> index = value;
        case "_id" -> id = value;
        default -> {
          return null;
        }
      }
    } while (passes(','));
    boolean ends = passes('}');
    return ends && passes('}') && isAtEnd() ? BulkAction.of(op.get(), index, id) : null;
  }

  private boolean passes(char wanted) {
    skipSpace();
    if (at < end && bytes[at] == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private boolean isAtEnd() {
    skipSpace();
    return at == end;
  }

  /// Passes a string without an escape or a letter beyond ASCII.
  ///
  /// @return null when there is none
  private @Nullable String text() {
    if (!passes('"')) {
      return null;
    }
    for (int i = at; i < end; i++) {
      byte b = bytes[i];
      if (b == '"') {
        String text = new String(bytes, at, i - at, StandardCharsets.ISO_8859_1);
        at = i + 1;
        return text;
      }
      if (b < ' ' || b == '\\') {
        return null;
      }
    }
    return null;
  }

  private void skipSpace() {
    while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
  }
}
