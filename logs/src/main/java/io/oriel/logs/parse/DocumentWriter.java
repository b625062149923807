package io.oriel.logs.parse;

import io.oriel.model.number.GoFloat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes events as JSON documents into an array of its own. Not thread-safe.
///
/// Apart from {@link io.oriel.model.json.JsonWriter} because texts come as bytes here: what is
/// ASCII without quotes is copied in runs, and what is not UTF-8 becomes U+FFFD.
public final class DocumentWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TIME = ascii("{\"@timestamp\":\"");
  private static final byte[] MESSAGE = ascii(",\"message\":\"");
  private static final byte[] STREAM = ascii(",\"stream\":\"");
  private static final byte[] OFFSET = ascii(",\"log\":{\"offset\":");
  private static final byte[] FLAGS = ascii(",\"flags\":");
  private static final byte[] LOG = ascii("\"log\":{");

  /**
   * Which bytes cannot be copied as they are: controls, quotes, backslashes, and all of 0x80 on.
   */
  private static final boolean[] SPECIAL = special();

  private byte[] bytes = new byte[4096];
  private int size;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean[] special() {
    boolean[] special = new boolean[256];
    Arrays.fill(special, 0, 0x20, true);
    Arrays.fill(special, 0x7F, 256, true);
    special['"'] = true;
    special['\\'] = true;
    return special;
  }

  /// The array behind it; {@link #size} bytes of it count, until the next document.
  public byte[] array() {
    return bytes;
  }

  public int size() {
    return size;
  }

  /// Writes {@code event}, in place of what was written before.
  ///
  /// @param now its time if it has none
  public void document(LogEvent event, Instant now) {
    size = 0;
    put(TIME);
    if (event.timeTo() > event.timeFrom()) {
      copy(event.timeBuffer(), event.timeFrom(), event.timeTo());
    } else {
      put(ascii((event.hasTime() ? event.time() : now).toString()));
    }
    put('"');
    if (event.hasMessage()) {
      put(MESSAGE);
      escape(event.buffer(), event.from(), event.to());
      put('"');
    }
    if (!event.isStreamTaken() && !event.stream().isEmpty()) {
      put(STREAM);
      put(ascii(event.stream()));
      put('"');
    }
    shared(event);
    Map<String, Object> own = event.ownFields();
    if (own != null) {
      own.forEach(
          (name, value) -> {
            put(',');
            member(name, value);
          });
    }
    put('}');
  }

  private void shared(LogEvent event) {
    Statics statics = event.statics();
    int log = statics.indexOf("log");
    if (!event.isLogTaken()) {
      put(OFFSET);
      number(event.offset());
      if (log >= 0) {
        // the file's own part of it, written as "log":{…}
        byte[] written = statics.written(log);
        put(',');
        copy(written, LOG.length, written.length - 1);
      }
      if (event.isTruncated() || event.isMultiline()) {
        put(FLAGS);
        value(event.flags());
      }
      put('}');
    }
    for (int i = 0; i < statics.size(); i++) {
      if (i != log && !event.isTaken(i)) {
        put(',');
        put(statics.written(i));
      }
    }
  }

  /// {@code tree} as JSON.
  public static String json(Map<String, Object> tree) {
    DocumentWriter out = new DocumentWriter();
    out.object(tree);
    return new String(out.bytes, 0, out.size, StandardCharsets.UTF_8);
  }

  void member(String name, @Nullable Object value) {
    text(name);
    put(':');
    value(value);
  }

  private void value(@Nullable Object value) {
    switch (value) {
      case null -> put(ascii("null"));
      case String text -> text(text);
      case Boolean truth -> put(ascii(truth.toString()));
      case Double number -> put(ascii(isFinite(number) ? GoFloat.format(number) : "null"));
      case Float number -> value(number.doubleValue());
      case Number number -> put(ascii(number.toString()));
      case Map<?, ?> map -> object(map);
      case List<?> list -> array(list);
      default -> text(value.toString());
    }
  }

  private static boolean isFinite(double number) {
    return !Double.isNaN(number) && !Double.isInfinite(number);
  }

  private void object(Map<?, ?> map) {
    put('{');
    boolean first = true;
    for (Map.Entry<?, ?> member : map.entrySet()) {
      if (!first) {
        put(',');
      }
      first = false;
      member(String.valueOf(member.getKey()), member.getValue());
    }
    put('}');
  }

  private void array(List<?> list) {
    put('[');
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) {
        put(',');
      }
      value(list.get(i));
    }
    put(']');
  }

  private void text(String text) {
    put('"');
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    escape(utf8, 0, utf8.length);
    put('"');
  }

  private void number(long value) {
    reserve(20);
    if (value == 0) {
      bytes[size++] = '0';
      return;
    }
    int digits = 0;
    for (long rest = value; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = size + digits - 1; i >= size; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
  }

  private void escape(byte[] from, int start, int end) {
    reserve(6 * (end - start) + 16);
    byte[] out = bytes;
    int at = size;
    int i = start;
    while (i < end) {
      byte b = from[i];
      if (!SPECIAL[b & 0xFF]) {
        out[at++] = b;
        i++;
      } else if (b < 0) {
        int length = Utf8.sequence(from, i, end);
        if (length > 0) {
          for (int k = 0; k < length; k++) {
            out[at++] = from[i + k];
          }
          i += length;
        } else {
          out[at++] = (byte) 0xEF;
          out[at++] = (byte) 0xBF;
          out[at++] = (byte) 0xBD;
          i++;
        }
      } else {
        at = control(out, at, b);
        i++;
      }
    }
    size = at;
  }

  private static int control(byte[] out, int start, byte b) {
    int at = start;
    out[at++] = '\\';
    switch (b) {
      case '"', '\\' -> out[at++] = b;
      case '\n' -> out[at++] = 'n';
      case '\t' -> out[at++] = 't';
      case '\r' -> out[at++] = 'r';
      default -> {
        out[at++] = 'u';
        out[at++] = '0';
        out[at++] = '0';
        out[at++] = HEX[b >> 4 & 0xF];
        out[at++] = HEX[b & 0xF];
      }
    }
    return at;
  }

  private void put(byte[] what) {
    copy(what, 0, what.length);
  }

  private void copy(byte[] from, int start, int end) {
    reserve(end - start);
    System.arraycopy(from, start, bytes, size, end - start);
    size += end - start;
  }

  private void put(char c) {
    reserve(1);
    bytes[size++] = (byte) c;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}
