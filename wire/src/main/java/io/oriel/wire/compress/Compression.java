package io.oriel.wire.compress;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.xerial.snappy.Snappy;

/// A way to make bytes fewer, named as `Content-Encoding` names it.
public enum Compression {
  NONE("identity"),
  SNAPPY("snappy"),
  GZIP("gzip"),
  ZSTD("zstd");

  private static final int BUFFER = 64 << 10;

  private final String word;

  Compression(String word) {
    this.word = word;
  }

  /// As `Content-Encoding` writes it.
  public String word() {
    return word;
  }

  /// The compression called {@code word}; NONE for the empty word.
  ///
  /// @throws OrielException of kind INVALID when it is not known
  public static Compression ofWord(String word) {
    String lower = word.strip().toLowerCase(Locale.ROOT);
    for (Compression compression : values()) {
      if (compression.word.equals(lower)) {
        return compression;
      }
    }
    if (lower.isEmpty()) {
      return NONE;
    }
    throw OrielException.invalid(
        "content encoding: got " + Quoted.of(word) + ", want identity, snappy, gzip or zstd");
  }

  /// The bytes that {@code compressed} stands for.
  ///
  /// @param maxBytes refuses more than so many; the refusal comes before they are in memory
  /// @throws LimitExceeded when there would be more
  /// @throws OrielException of kind INVALID when the bytes are not in this format
  public byte[] decompress(byte[] compressed, int maxBytes) {
    try {
      return switch (this) {
        case NONE -> {
          limit(compressed.length, maxBytes);
          yield compressed;
        }
        case SNAPPY -> unsnap(compressed, maxBytes);
        case GZIP -> {
          try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed), BUFFER)) {
            yield read(in, maxBytes);
          }
        }
        case ZSTD -> {
          try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(compressed))) {
            yield read(in, maxBytes);
          }
        }
      };
    } catch (IOException e) {
      throw new OrielException(Kind.INVALID, "not " + word + ": " + e.getMessage(), e);
    }
  }

  /// The bytes that those of {@code in} stand for, as they come; SNAPPY is for whole blocks only.
  ///
  /// @param in closed with the stream that is returned
  /// @param maxBytes reading more than so many throws `LimitExceeded`
  /// @throws OrielException of kind INVALID when {@code in} is not in this format
  /// @throws IOException when {@code in} cannot be read; so does reading, also for a broken format
  public InputStream decompressing(InputStream in, long maxBytes) throws IOException {
    try {
      return new BoundedStream(
          switch (this) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER);
            case ZSTD -> new ZstdInputStream(in);
            case SNAPPY -> throw OrielException.invalid("content encoding: snappy is not streamed");
          },
          maxBytes);
    } catch (ZipException | EOFException e) {
      throw new OrielException(Kind.INVALID, "not " + word + ": " + e.getMessage(), e);
    }
  }

  /// Ends with a refusal where there is more than allowed.
  private static final class BoundedStream extends FilterInputStream {
    private final long maxBytes;
    private long count;

    BoundedStream(InputStream in, long maxBytes) {
      super(in);
      this.maxBytes = maxBytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = in.read(into, offset, length);
      if (got > 0) {
        count += got;
        if (count > maxBytes) {
          throw new LimitExceeded("decompressed body size", maxBytes, count);
        }
      }
      return got;
    }
  }

  private static byte[] unsnap(byte[] compressed, int maxBytes) throws IOException {
    if (compressed.length == 0) {
      throw new IOException("no bytes");
    }
    int length = Snappy.uncompressedLength(compressed);
    limit(length < 0 ? Long.MAX_VALUE : length, maxBytes);
    // Each compressed byte can stand for at most 64 (a copy of two bytes); more is a lie.
    if (length > 64L * compressed.length) {
      throw new IOException("claims " + length + " bytes, which cannot be in " + compressed.length);
    }
    if (!Snappy.isValidCompressedBuffer(compressed)) {
      throw new IOException("corrupt block");
    }
    return Snappy.uncompress(compressed);
  }

  private static byte[] read(InputStream in, int maxBytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(BUFFER);
    byte[] buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      limit((long) out.size() + n, maxBytes);
      out.write(buffer, 0, n);
    }
    return out.toByteArray();
  }

  private static void limit(long size, int maxBytes) {
    if (size > maxBytes) {
      throw new LimitExceeded("decompressed body size", maxBytes, size);
    }
  }

  /// Compresses {@code bytes}.
  public byte[] compress(byte[] bytes) {
    try {
      return switch (this) {
        case NONE -> bytes;
        case SNAPPY -> Snappy.compress(bytes);
        case GZIP -> written(bytes, new ByteArrayOutputStream(), true);
        case ZSTD -> written(bytes, new ByteArrayOutputStream(), false);
      };
    } catch (IOException e) {
      throw new OrielException(Kind.BUG, "cannot compress in memory", e);
    }
  }

  private static byte[] written(byte[] bytes, ByteArrayOutputStream into, boolean gzip)
      throws IOException {
    try (OutputStream out =
        gzip ? new GZIPOutputStream(into, BUFFER) : new ZstdOutputStream(into)) {
      out.write(bytes);
    }
    return into.toByteArray();
  }
}
