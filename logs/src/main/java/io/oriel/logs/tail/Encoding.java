package io.oriel.logs.tail;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Optional;

/// How a file writes characters, by Filebeat's names. Immutable.
public final class Encoding {
  /** Bytes are passed on as they are; what is not UTF-8 is replaced when they are written. */
  public static final Encoding PLAIN = new Encoding("plain", StandardCharsets.UTF_8);

  private final String word;
  private final Charset charset;

  private Encoding(String word, Charset charset) {
    this.word = word;
    this.charset = charset;
  }

  /// The encoding called {@code word}, as `encoding` of an input has it; empty when there is none.
  public static Optional<Encoding> ofWord(String word) {
    String name = word.toLowerCase(Locale.ROOT);
    String java =
        switch (name) {
          case "", "plain", "utf-8", "utf8" -> "UTF-8";
          case "utf-16-bom", "utf-16be-bom", "utf-16be", "utf-16" -> "UTF-16BE";
          case "utf-16le-bom", "utf-16le" -> "UTF-16LE";
          case "big5" -> "Big5-HKSCS";
          case "gb18030" -> "GB18030";
          case "gbk" -> "GBK";
          case "hz-gb-2312", "hz" -> "";
          case "euc-kr" -> "x-windows-949";
          case "euc-jp" -> "EUC-JP";
          case "iso-2022-jp" -> "ISO-2022-JP";
          case "shift-jis", "shift_jis" -> "windows-31j";
          case "koi8r", "koi8-r" -> "KOI8-R";
          case "koi8u", "koi8-u" -> "KOI8-U";
          case "macintosh" -> "x-MacRoman";
          case "macintosh-cyrillic" -> "x-MacCyrillic";
          case "codepage437" -> "IBM437";
          case "codepage866" -> "IBM866";
          default -> name.startsWith("iso8859-") ? "ISO-8859-" + name.substring(8) : name;
        };
    try {
      if (java.isEmpty()) {
        return Optional.empty();
      }
      return java.equals("UTF-8")
          ? Optional.of(PLAIN)
          : Optional.of(new Encoding(name, Charset.forName(java)));
    } catch (UnsupportedCharsetException | java.nio.charset.IllegalCharsetNameException _) {
      return Optional.empty();
    }
  }

  public String word() {
    return word;
  }

  /// Whether lines need no conversion.
  boolean isPlain() {
    return charset.equals(StandardCharsets.UTF_8);
  }

  /// Bytes of one character unit, on whose multiples line ends lie.
  int unit() {
    return charset.name().startsWith("UTF-16") ? 2 : 1;
  }

  byte[] encode(String text) {
    return text.getBytes(charset);
  }

  byte[] toUtf8(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, charset).getBytes(StandardCharsets.UTF_8);
  }

  /// The same encoding in the byte order that the mark at the start of {@code head} says.
  Encoding markedBy(byte[] head, int length) {
    if (unit() == 2 && length >= 2) {
      if ((head[0] & 0xFF) == 0xFE && (head[1] & 0xFF) == 0xFF) {
        return new Encoding(word, StandardCharsets.UTF_16BE);
      }
      if ((head[0] & 0xFF) == 0xFF && (head[1] & 0xFF) == 0xFE) {
        return new Encoding(word, StandardCharsets.UTF_16LE);
      }
    }
    return this;
  }

  /// Bytes of the byte order mark at the start of {@code head}.
  int markLength(byte[] head, int length) {
    if (isPlain()) {
      boolean mark =
          length >= 3
              && (head[0] & 0xFF) == 0xEF
              && (head[1] & 0xFF) == 0xBB
              && (head[2] & 0xFF) == 0xBF;
      return mark ? 3 : 0;
    }
    if (unit() == 2 && length >= 2) {
      int first = (head[0] & 0xFF) << 8 | head[1] & 0xFF;
      return first == 0xFEFF || first == 0xFFFE ? 2 : 0;
    }
    return 0;
  }
}
