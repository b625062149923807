package io.oriel.gateway.route;

import io.oriel.model.error.OrielException;
import io.oriel.wire.elastic.ByteScan;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Looks once at every byte of a document, and at the names of its outermost object: what of it
/// stays, and where its line is. Used for one document after the other, by one thread.
///
/// What the engine's lenient parser might read otherwise (comments, other encodings, anything after
/// the object) is refused, so that both see the same document.
final class DocumentScan {
  private static final byte[] LINE = "\"message\"".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ORIGINAL = "\"event.original\"".getBytes(StandardCharsets.UTF_8);

  /** What a byte outside of strings and names is. */
  private static final byte[] KINDS = kinds();

  private static final byte PLAIN = 0;
  private static final byte QUOTE = 1;
  private static final byte OPEN = 2;
  private static final byte CLOSE = 3;
  private static final byte COMMA = 4;
  private static final byte WRONG = 5;

  private byte[] bytes = {};
  private int end;
  private int at;

  /** Starts and ends, by turns, of what stays; neighbours are one piece. */
  private int[] kept = new int[8];

  private int bounds;

  /** The name `log` of a text, with its quotes; start and end are the same when there is none. */
  private int textFrom;

  private int textTo;

  /** Members that are called `log`. */
  private int logs;

  /** Whether the string passed last had an escape in it. */
  private boolean escaped;

  private boolean hasMessage;
  private boolean hasOriginal;

  private static byte[] kinds() {
    byte[] kinds = new byte[256];
    Arrays.fill(kinds, 128, 256, WRONG);
    for (char c : new char[] {'/', '\'', '#', '\\', 0}) {
      kinds[c] = WRONG;
    }
    kinds['"'] = QUOTE;
    kinds['{'] = OPEN;
    kinds['['] = OPEN;
    kinds['}'] = CLOSE;
    kinds[']'] = CLOSE;
    kinds[','] = COMMA;
    return kinds;
  }

  /// Reads a document.
  ///
  /// @throws OrielException of kind INVALID when it is not one JSON object
  void read(byte[] document, int from, int to) {
    bytes = document;
    at = from;
    end = to;
    bounds = 0;
    textFrom = 0;
    textTo = 0;
    logs = 0;
    hasMessage = false;
    hasOriginal = false;
    skipSpace();
    expect('{', "an object");
    skipSpace();
    if (peek() == '}') {
      at++;
    } else {
      members();
    }
    finish();
  }

  /// Appends a comma and what stays, for each piece of it.
  ///
  /// @param shape whether a text called `log` gets the name that the indices have for it
  void writeTo(GrowingBytes out, Shape shape) {
    byte[] name = shape == Shape.LOGS ? nameOfText() : null;
    for (int i = 0; i < bounds; i += 2) {
      int from = kept[i];
      out.write(',');
      if (name != null && from <= textFrom && textFrom < kept[i + 1]) {
        out.write(bytes, from, textFrom - from);
        out.write(name, 0, name.length);
        from = textTo;
      }
      out.write(bytes, from, kept[i + 1] - from);
    }
  }

  /// What a text called `log` is to be called; null for what it is called already.
  private byte @Nullable [] nameOfText() {
    if (textFrom == textTo || logs > 1) {
      return null;
    }
    if (!hasMessage) {
      return LINE;
    }
    return hasOriginal ? null : ORIGINAL;
  }

  private void members() {
    boolean joins = false;
    do {
      skipSpace();
      int from = at;
      boolean stays = member(name(), from);
      if (stays && joins) {
        kept[bounds - 1] = at;
      } else if (stays) {
        keep(from, at);
      }
      joins = stays;
    } while (next() == ',');
  }

  private void keep(int from, int to) {
    if (bounds == kept.length) {
      kept = Arrays.copyOf(kept, 2 * bounds);
    }
    kept[bounds++] = from;
    kept[bounds++] = to;
  }

  /// Passes what is behind a member's name.
  ///
  /// @return whether it stays
  private boolean member(Name name, int from) {
    int nameEnd = at;
    skipSpace();
    expect(':', "a colon");
    skipSpace();
    switch (name) {
      case LOG -> {
        logs++;
        if (peek() == '"') {
          textFrom = from;
          textTo = nameEnd;
        }
      }
      case MESSAGE -> hasMessage = true;
      case ORIGINAL -> hasOriginal = true;
      case STAMPED, OTHER -> {
        // nothing to remember
      }
    }
    value();
    return name != Name.STAMPED;
  }

  private int next() {
    int c = peek();
    if (c != ',' && c != '}') {
      throw refused("a comma or the end of the object");
    }
    at++;
    return c;
  }

  /// Passes a member's name.
  private Name name() {
    int from = at + 1;
    boolean hasEscape = string();
    refuseLongForms(from, at - 1);
    return hasEscape ? Name.of(unescaped(from, at - 1)) : Name.of(bytes, from, at - 1);
  }

  /// Refuses letters in more bytes than UTF-8 gives them: the engine's parser reads them all the
  /// same.
  private void refuseLongForms(int from, int to) {
    int all = 0;
    for (int i = from; i < to; i++) {
      all |= bytes[i];
    }
    for (int i = all < 0 ? from : to; i < to; i++) {
      if (bytes[i] < 0) {
        int lead = bytes[i] & 0xFF;
        int next = bytes[i + 1] & 0xFF;
        boolean tooLong =
            lead == 0xC0
                || lead == 0xC1
                || lead == 0xE0 && next < 0xA0
                || lead == 0xF0 && next < 0x90;
        if (tooLong) {
          at = i;
          throw refused("UTF-8");
        }
      }
    }
  }

  /// Resolves the only escapes that can stand for a letter.
  private String unescaped(int from, int to) {
    String raw = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '\\' && i + 5 < raw.length() && raw.charAt(i + 1) == 'u') {
        try {
          text.append((char) Integer.parseInt(raw.substring(i + 2, i + 6), 16));
        } catch (NumberFormatException _) {
          throw refused("four hex digits");
        }
        i += 5;
      } else {
        text.append(c);
        if (c == '\\' && i + 1 < raw.length()) {
          text.append(raw.charAt(++i));
        }
      }
    }
    return text.toString();
  }

  /// Passes a string.
  ///
  /// @return whether there is an escape in it
  private boolean string() {
    expect('"', "a string");
    escaped = false;
    at = quoteBehind(at) + 1;
    return escaped;
  }

  /// Where the string ends whose letters start at {@code from}.
  private int quoteBehind(int from) {
    int next = ByteScan.find(bytes, from, end, (byte) '"', (byte) '\\');
    while (next < end) {
      if (bytes[next] == '"') {
        return next;
      }
      escaped = true;
      next = next + 2 < end ? ByteScan.find(bytes, next + 2, end, (byte) '"', (byte) '\\') : end;
    }
    at = end;
    throw refused("the end of a string");
  }

  /// Passes a value up to the comma or brace behind it, at the outermost level.
  private void value() {
    byte[] in = bytes;
    int from = at;
    int depth = 0;
    for (int i = from; i < end; i++) {
      switch (KINDS[in[i] & 0xFF]) {
        case PLAIN -> {
          // part of a number or a word, or between two values
        }
        case QUOTE -> i = quoteBehind(i + 1);
        case OPEN -> depth++;
        case CLOSE, COMMA -> {
          if (depth == 0) {
            at = i;
            refuseBlank(from);
            return;
          }
          depth -= in[i] == ',' ? 0 : 1;
        }
        default -> {
          at = i;
          throw refused("JSON");
        }
      }
    }
    at = end;
    throw refused("the end of the object");
  }

  private void refuseBlank(int from) {
    // space before a value is passed already
    if (at == from) {
      throw refused("a value");
    }
  }

  private void finish() {
    skipSpace();
    if (at < end) {
      throw refused("nothing after the object");
    }
  }

  private void expect(char wanted, String what) {
    if (peek() != wanted) {
      throw refused(what);
    }
    at++;
  }

  private int peek() {
    return at < end ? bytes[at] : -1;
  }

  private void skipSpace() {
    while (at < end && isSpace(bytes[at])) {
      at++;
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  private OrielException refused(String want) {
    String got = at < end ? "byte 0x" + Integer.toHexString(bytes[at] & 0xff) : "its end";
    return OrielException.invalid("document: got " + got + " at offset " + at + ", want " + want);
  }

  /// The names that matter.
  private enum Name {
    STAMPED,
    LOG,
    MESSAGE,
    ORIGINAL,
    OTHER;

    static Name of(String word) {
      byte[] letters = word.getBytes(StandardCharsets.UTF_8);
      return of(letters, 0, letters.length);
    }

    static Name of(byte[] in, int from, int to) {
      return switch (to - from) {
        case 3 -> is("log", in, from) ? LOG : OTHER;
        case 5 -> is("event", in, from) ? ORIGINAL : OTHER;
        case 7 ->
            is("message", in, from)
                ? MESSAGE
                : is(DocumentStamp.CLUSTER, in, from) ? STAMPED : OTHER;
        case 11 -> is(DocumentStamp.ENVIRONMENT, in, from) ? STAMPED : OTHER;
        case 14 ->
            is(DocumentStamp.INGESTED, in, from)
                ? STAMPED
                : is("event.original", in, from) ? ORIGINAL : OTHER;
        default -> OTHER;
      };
    }

    private static boolean is(String word, byte[] in, int from) {
      for (int i = 0; i < word.length(); i++) {
        if (in[from + i] != word.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }
}
