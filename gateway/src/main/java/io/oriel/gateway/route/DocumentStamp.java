package io.oriel.gateway.route;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.wire.elastic.ByteScan;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Puts `cluster`, `environment` and `event.ingested` first into a document and takes away what it
/// said of the first two.
///
/// Looks at the outermost object's names only, but at every byte: what the engine's lenient parser
/// might read otherwise (comments, other encodings, anything after the object) is refused, so that
/// both see the same document. Immutable.
final class DocumentStamp {
  private static final String CLUSTER = "cluster";
  private static final String ENVIRONMENT = "environment";

  /** ECS; what follows lines as they come in asks for it. */
  private static final String INGESTED = "event.ingested";

  private final byte[] stamp;

  /// @param now when the documents came in
  DocumentStamp(ClusterIdentity client, Instant now) {
    JsonWriter json = new JsonWriter(96);
    json.beginObject();
    json.name(CLUSTER).string(client.cluster());
    json.name(ENVIRONMENT).string(client.environment());
    json.name(INGESTED).string(now.truncatedTo(ChronoUnit.MILLIS).toString());
    stamp = json.toBytes();
  }

  /// Appends the stamped document to {@code out}.
  ///
  /// @throws OrielException of kind INVALID when it is not one JSON object; nothing is appended
  ///   then
  void apply(byte[] bytes, int start, int end, GrowingBytes out) {
    Scan scan = new Scan(bytes, start, end);
    List<int[]> kept = scan.members();
    out.write(stamp, 0, stamp.length);
    for (int[] member : kept) {
      out.write(',');
      out.write(bytes, member[0], member[1] - member[0]);
    }
    out.write('}');
  }

  /// One document's outermost object.
  private static final class Scan {
    private final byte[] bytes;
    private final int end;
    private int at;

    Scan(byte[] bytes, int start, int end) {
      this.bytes = bytes;
      this.at = start;
      this.end = end;
    }

    /// The bounds of its members without those that are stamped; neighbours are one piece.
    List<int[]> members() {
      List<int[]> kept = new ArrayList<>(2);
      skipSpace();
      expect('{', "an object");
      skipSpace();
      if (peek() == '}') {
        at++;
        finish();
        return kept;
      }
      boolean joins = false;
      while (true) {
        int from = at;
        boolean stamped = name();
        skipSpace();
        expect(':', "a colon");
        value();
        if (stamped) {
          joins = false;
        } else if (joins) {
          kept.getLast()[1] = at;
        } else {
          kept.add(new int[] {from, at});
          joins = true;
        }
        if (next() == '}') {
          finish();
          return kept;
        }
        skipSpace();
      }
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
    ///
    /// @return whether it is one of the stamped ones
    private boolean name() {
      int from = at;
      boolean escaped = string();
      if (!escaped) {
        return is(CLUSTER, from + 1, at - 1)
            || is(ENVIRONMENT, from + 1, at - 1)
            || is(INGESTED, from + 1, at - 1);
      }
      String name = unescaped(from + 1, at - 1);
      return name.equals(CLUSTER) || name.equals(ENVIRONMENT) || name.equals(INGESTED);
    }

    private boolean is(String word, int from, int to) {
      if (to - from != word.length()) {
        return false;
      }
      for (int i = 0; i < word.length(); i++) {
        if (bytes[from + i] != word.charAt(i)) {
          return false;
        }
      }
      return true;
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
      boolean escaped = false;
      int next = ByteScan.find(bytes, at, end, (byte) '"', (byte) '\\');
      while (next < end) {
        if (bytes[next] == '"') {
          at = next + 1;
          return escaped;
        }
        escaped = true;
        next = next + 2 < end ? ByteScan.find(bytes, next + 2, end, (byte) '"', (byte) '\\') : end;
      }
      at = end;
      throw refused("the end of a string");
    }

    /// Passes a value up to the comma or brace behind it, at the outermost level.
    private void value() {
      int depth = 0;
      int from = at;
      while (at < end) {
        switch (bytes[at]) {
          case '"' -> {
            boolean _ = string();
            continue;
          }
          case '{', '[' -> depth++;
          case '}', ']' -> {
            if (depth == 0) {
              if (isBlank(from)) {
                throw refused("a value");
              }
              return;
            }
            depth--;
          }
          case ',' -> {
            if (depth == 0) {
              if (isBlank(from)) {
                throw refused("a value");
              }
              return;
            }
          }
          case '/', '\'', '#', '\\', 0 -> throw refused("JSON");
          default -> {
            if (bytes[at] < 0) {
              throw refused("JSON");
            }
          }
        }
        at++;
      }
      throw refused("the end of the object");
    }

    private boolean isBlank(int from) {
      for (int i = from; i < at; i++) {
        if (!isSpace(bytes[i])) {
          return false;
        }
      }
      return true;
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
  }
}
