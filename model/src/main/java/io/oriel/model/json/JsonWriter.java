package io.oriel.model.json;

import io.oriel.model.labels.Labels;
import io.oriel.model.number.GoFloat;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes one JSON document into a growing array; commas come by themselves. Not thread-safe.
///
/// The caller keeps objects and arrays balanced; nothing checks it.
public final class JsonWriter {
  private static final long EXACT = 1L << 53;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PAIRS = pairs();
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  /** Numbers below 10,000 as four digits each. */
  private static final int[] QUADS = quads();

  private static final long[] POWERS = powers();

  private final StringBuilder decimal = new StringBuilder(32);
  private byte[] bytes;
  private int size;

  /** Where the last value of a {@link #point} is, to be copied when the next one is equal. */
  private int lastFrom;

  private int lastTo;
  private long lastBits;

  /** Whether the next value needs a comma before it. */
  private boolean comma;

  public JsonWriter() {
    this(1024);
  }

  public JsonWriter(int capacity) {
    bytes = new byte[Math.max(64, capacity)];
  }

  private static byte[] pairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  private static long[] powers() {
    long[] powers = new long[20];
    powers[0] = 1;
    for (int i = 1; i < 19; i++) {
      powers[i] = 10 * powers[i - 1];
    }
    powers[19] = Long.MAX_VALUE;
    return powers;
  }

  private static int[] quads() {
    int[] quads = new int[10_000];
    for (int i = 0; i < quads.length; i++) {
      quads[i] =
          0x30303030 | (i / 1000) << 24 | (i / 100 % 10) << 16 | (i / 10 % 10) << 8 | (i % 10);
    }
    return quads;
  }

  /// The document so far.
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  public int size() {
    return size;
  }

  /// Writes the document so far to {@code out} and forgets it; what comes next continues it.
  public void drainTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
    size = 0;
    lastTo = 0;
  }

  /// Writes the document to {@code out} and starts another one.
  public void finishTo(OutputStream out) throws IOException {
    drainTo(out);
    comma = false;
  }

  public JsonWriter beginObject() {
    return open('{');
  }

  public JsonWriter endObject() {
    return close('}');
  }

  public JsonWriter beginArray() {
    return open('[');
  }

  public JsonWriter endArray() {
    return close(']');
  }

  private JsonWriter open(char bracket) {
    separate();
    put(bracket);
    comma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    grow(1);
    put(bracket);
    comma = true;
    return this;
  }

  /// A member's name as it is written, made once for many documents. Immutable.
  public static final class Name {
    private final byte[] text;

    private Name(byte[] text) {
      this.text = text;
    }

    public static Name of(String name) {
      return new Name(new JsonWriter(64).name(name).toBytes());
    }

    /// The name with another member, whose value is a string, before it.
    public static Name of(String other, String value, String name) {
      return new Name(new JsonWriter(64).name(other).string(value).name(name).toBytes());
    }
  }

  /// A member's name; its value comes next.
  public JsonWriter name(Name name) {
    grow(name.text.length + 1);
    if (comma) {
      put(',');
    }
    System.arraycopy(name.text, 0, bytes, size, name.text.length);
    size += name.text.length;
    comma = false;
    return this;
  }

  /// A member's name; its value comes next.
  public JsonWriter name(String name) {
    string(name);
    grow(1);
    put(':');
    comma = false;
    return this;
  }

  public JsonWriter string(String value) {
    separate();
    quoted(value);
    comma = true;
    return this;
  }

  public JsonWriter bool(boolean value) {
    return literal(value ? "true" : "false");
  }

  public JsonWriter nothing() {
    return literal("null");
  }

  public JsonWriter number(long value) {
    separate();
    digits(value);
    comma = true;
    return this;
  }

  /// A number in JSON's own notation; what JSON cannot say becomes null.
  public JsonWriter number(double value) {
    return Double.isFinite(value) ? literal(text(value)) : nothing();
  }

  /// A sample's value: a string, with an exponent only below 1e-6 and from 1e21 on.
  public JsonWriter sample(double value) {
    separate();
    grow(40);
    put('"');
    float64(value);
    put('"');
    comma = true;
    return this;
  }

  /// A time in seconds with up to three decimals, from Unix milliseconds.
  public JsonWriter time(long millis) {
    separate();
    grow(26);
    timestamp(millis);
    comma = true;
    return this;
  }

  /// `[time,"value"]`, the shape of every sample.
  public JsonWriter point(long millis, double value) {
    separate();
    grow(72);
    put('[');
    timestamp(millis);
    put(',');
    put('"');
    float64(value);
    put('"');
    put(']');
    comma = true;
    return this;
  }

  /// The times of a grid as text, made once for the points of all its series.
  public static final class Times {
    private final byte[] text;
    private final int[] ends;

    /// {@code count} times, {@code stepMillis} apart.
    public Times(long startMillis, long stepMillis, int count) {
      JsonWriter writer = new JsonWriter(16 * count);
      ends = new int[count + 1];
      for (int i = 0; i < count; i++) {
        writer.grow(30);
        writer.put('[');
        writer.timestamp(startMillis + i * stepMillis);
        writer.put(',');
        writer.put('"');
        ends[i + 1] = writer.size;
      }
      text = Arrays.copyOf(writer.bytes, writer.size);
    }
  }

  /// The same as the other `point`, at time {@code i} of {@code times}.
  public JsonWriter point(Times times, int i, double value) {
    grow(72);
    if (comma) {
      put(',');
    }
    int from = times.ends[i];
    int length = times.ends[i + 1] - from;
    System.arraycopy(times.text, from, bytes, size, length);
    size += length;
    long bits = Double.doubleToRawLongBits(value);
    if (bits == lastBits && lastTo > 0) {
      int known = lastTo - lastFrom;
      System.arraycopy(bytes, lastFrom, bytes, size, known);
      size += known;
    } else {
      lastBits = bits;
      lastFrom = size;
      float64(value);
      lastTo = size;
    }
    put('"');
    put(']');
    comma = true;
    return this;
  }

  /// A label set as an object.
  public JsonWriter labels(Labels labels) {
    beginObject();
    for (int i = 0; i < labels.size(); i++) {
      name(labels.name(i)).string(labels.value(i));
    }
    return endObject();
  }

  /// A value that another writer has written.
  public JsonWriter raw(JsonWriter value) {
    separate();
    grow(value.size);
    System.arraycopy(value.bytes, 0, bytes, size, value.size);
    size += value.size;
    comma = true;
    return this;
  }

  /// A value that is JSON already; nothing checks it.
  public JsonWriter rawText(String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    separate();
    grow(text.length);
    System.arraycopy(text, 0, bytes, size, text.length);
    size += text.length;
    comma = true;
    return this;
  }

  private JsonWriter literal(String text) {
    separate();
    grow(text.length());
    ascii(text);
    comma = true;
    return this;
  }

  private void separate() {
    grow(2);
    if (comma) {
      put(',');
    }
  }

  private void float64(double value) {
    if (value == Math.rint(value) && Math.abs(value) < EXACT) {
      if (value == 0 && 1 / value < 0) {
        put('-');
      }
      digits((long) value);
      return;
    }
    double magnitude = Math.abs(value);
    if (magnitude >= 1e-6 && magnitude < 1e21) {
      decimal.setLength(0);
      decimal.append(value);
      int exponent = decimal.length() < 3 ? -1 : decimal.indexOf("E");
      if (exponent < 0) {
        ascii(decimal);
      } else {
        shifted(exponent);
      }
    } else {
      ascii(text(value));
    }
  }

  /// Writes the number in {@link #decimal}, digits with an exponent that starts at {@code at},
  /// without the exponent.
  private void shifted(int at) {
    int power = Integer.parseInt(decimal, at + 1, decimal.length(), 10);
    decimal.setLength(at);
    int first = decimal.charAt(0) == '-' ? 1 : 0;
    decimal.deleteCharAt(first + 1);
    if (decimal.length() == first + 2 && decimal.charAt(first + 1) == '0') {
      decimal.setLength(first + 1);
    }
    if (power < 0) {
      decimal.insert(first, "0.").insert(first + 2, "0".repeat(-power - 1));
    } else {
      int point = first + 1 + power;
      if (point < decimal.length()) {
        decimal.insert(point, '.');
      } else {
        decimal.repeat('0', point - decimal.length());
      }
    }
    ascii(decimal);
  }

  private static String text(double value) {
    double magnitude = Math.abs(value);
    boolean exponent = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
    return exponent ? GoFloat.formatExponent(value) : GoFloat.format(value);
  }

  private void timestamp(long millis) {
    long whole = millis / 1000;
    int rest = (int) Math.abs(millis % 1000);
    if (millis < 0 && whole == 0) {
      put('-');
    }
    digits(whole);
    if (rest != 0) {
      put('.');
      put((char) ('0' + rest / 100));
      bytes[size++] = PAIRS[2 * (rest % 100)];
      bytes[size++] = PAIRS[2 * (rest % 100) + 1];
    }
  }

  private void digits(long value) {
    grow(20);
    if (value == Long.MIN_VALUE) {
      ascii("-9223372036854775808");
      return;
    }
    long rest = value;
    if (rest < 0) {
      put('-');
      rest = -rest;
    }
    int at = size + length(rest);
    size = at;
    while (rest >= 10_000) {
      long above = rest / 10_000;
      at -= 4;
      INT.set(bytes, at, QUADS[(int) (rest - above * 10_000)]);
      rest = above;
    }
    int head = (int) rest;
    if (head >= 100) {
      int pair = head % 100;
      head /= 100;
      bytes[--at] = PAIRS[2 * pair + 1];
      bytes[--at] = PAIRS[2 * pair];
    }
    if (head >= 10) {
      bytes[--at] = PAIRS[2 * head + 1];
      bytes[--at] = PAIRS[2 * head];
    } else {
      bytes[--at] = (byte) ('0' + head);
    }
  }

  private static int length(long value) {
    int guess = ((64 - Long.numberOfLeadingZeros(value | 1)) * 1233) >>> 12;
    return value >= POWERS[guess] ? guess + 1 : Math.max(1, guess);
  }

  private void ascii(CharSequence text) {
    int length = text.length();
    grow(length);
    for (int i = 0; i < length; i++) {
      bytes[size + i] = (byte) text.charAt(i);
    }
    size += length;
  }

  private void quoted(String text) {
    // the library's own copy of plain text is many times faster than going through its characters
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    grow(utf8.length + 2);
    put('"');
    int from = 0;
    for (int at = plain(utf8, 0); at < utf8.length; at = plain(utf8, at)) {
      int taken = needsEscape(utf8, at);
      if (taken == 0) {
        at++;
        continue;
      }
      copy(utf8, from, at);
      grow(utf8.length - at + 8);
      escape(utf8, at, taken);
      at += taken;
      from = at;
    }
    copy(utf8, from, utf8.length);
    put('"');
  }

  private void copy(byte[] from, int start, int end) {
    System.arraycopy(from, start, bytes, size, end - start);
    size += end - start;
  }

  /// The first byte from {@code at} on that may have to be escaped.
  private static int plain(byte[] text, int from) {
    int at = from;
    for (; at + Long.BYTES <= text.length; at += Long.BYTES) {
      long eight = (long) LONG.get(text, at);
      // below a space, a quote, a backslash, a DEL, or the first byte of three
      long hits =
          (eight - ONES * ' ') & ~eight
              | zero(eight ^ ONES * '"')
              | zero(eight ^ ONES * '\\')
              | zero(eight ^ ONES * 0x7f)
              | zero(eight ^ ONES * 0xe2);
      if ((hits & HIGHS) != 0) {
        return at + (Long.numberOfTrailingZeros(hits & HIGHS) >>> 3);
      }
    }
    while (at < text.length && needsEscape(text, at) == 0) {
      at++;
    }
    return at;
  }

  private static long zero(long eight) {
    return (eight - ONES) & ~eight;
  }

  /// How many bytes are to be escaped together: one, three of a line or paragraph separator, which
  /// JavaScript takes for the end of a line, or none.
  private static int needsEscape(byte[] text, int at) {
    byte b = text[at];
    if (b >= 0) {
      return b < ' ' || b == 0x7f || b == '"' || b == '\\' ? 1 : 0;
    }
    boolean separator =
        b == (byte) 0xe2
            && at + 2 < text.length
            && text[at + 1] == (byte) 0x80
            && (text[at + 2] & 0xfe) == 0xa8;
    return separator ? 3 : 0;
  }

  private void escape(byte[] text, int at, int taken) {
    put('\\');
    switch (text[at]) {
      case '"', '\\' -> bytes[size++] = text[at];
      case '\n' -> put('n');
      case '\r' -> put('r');
      case '\t' -> put('t');
      default -> {
        int c = taken == 1 ? text[at] : 0x2000 | (text[at + 2] & 0x3f);
        put('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
          bytes[size++] = HEX[(c >> shift) & 15];
        }
      }
    }
  }

  private void put(char c) {
    bytes[size++] = (byte) c;
  }

  private void grow(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length + (bytes.length >> 1)));
    }
  }
}
