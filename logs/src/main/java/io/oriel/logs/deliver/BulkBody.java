package io.oriel.logs.deliver;

import com.github.luben.zstd.ZstdCompressCtx;
import io.oriel.logs.spool.SpooledChunk;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// Puts a request's body together and compresses it. Reused by one worker; not thread-safe.
final class BulkBody implements AutoCloseable {
  private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private final DeliverConfig.Packing packing;
  private final @Nullable Deflater deflater;
  private final @Nullable ZstdCompressCtx zstd;
  private byte[] plain = new byte[1 << 20];
  private byte[] packed = new byte[1 << 18];
  private int size;

  BulkBody(DeliverConfig.Packing packing) {
    this.packing = packing;
    this.deflater =
        packing.compression() == io.oriel.wire.compress.Compression.GZIP
            ? new Deflater(packing.level(), true)
            : null;
    this.zstd =
        packing.compression() == io.oriel.wire.compress.Compression.ZSTD
            ? new ZstdCompressCtx().setLevel(packing.level())
            : null;
  }

  /// The body for {@code runs}, compressed as configured.
  byte[] of(List<Run> runs) {
    size = 0;
    for (Run run : runs) {
      SpooledChunk chunk = run.chunk();
      reserve(run.bytes() + 2 * run.count());
      byte[] from = chunk.bytes();
      for (int i = run.from(); i < run.to(); i++) {
        copy(from, chunk.action(i), chunk.document(i));
        copy(from, chunk.document(i), chunk.end(i));
      }
    }
    return switch (packing.compression()) {
      case GZIP -> gzip();
      case ZSTD -> zstd();
      case NONE, SNAPPY -> Arrays.copyOf(plain, size);
    };
  }

  private void copy(byte[] from, int start, int end) {
    System.arraycopy(from, start, plain, size, end - start);
    size += end - start;
    plain[size++] = '\n';
  }

  private void reserve(int more) {
    if (plain.length - size < more) {
      plain = Arrays.copyOf(plain, Math.max(2 * plain.length, size + more));
    }
  }

  private byte[] gzip() {
    Deflater with = deflater;
    if (with == null) {
      return Arrays.copyOf(plain, size);
    }
    with.reset();
    with.setInput(plain, 0, size);
    with.finish();
    System.arraycopy(GZIP_HEADER, 0, packed, 0, GZIP_HEADER.length);
    int out = GZIP_HEADER.length;
    while (!with.finished()) {
      if (packed.length - out < 1024) {
        packed = Arrays.copyOf(packed, 2 * packed.length);
      }
      out += with.deflate(packed, out, packed.length - out - 8);
    }
    CRC32 crc = new CRC32();
    crc.update(plain, 0, size);
    out = little(out, (int) crc.getValue());
    out = little(out, size);
    return Arrays.copyOf(packed, out);
  }

  private int little(int at, int value) {
    packed[at] = (byte) value;
    packed[at + 1] = (byte) (value >>> 8);
    packed[at + 2] = (byte) (value >>> 16);
    packed[at + 3] = (byte) (value >>> 24);
    return at + 4;
  }

  private byte[] zstd() {
    ZstdCompressCtx with = zstd;
    if (with == null) {
      return Arrays.copyOf(plain, size);
    }
    int most = (int) com.github.luben.zstd.Zstd.compressBound(size);
    if (packed.length < most) {
      packed = new byte[most];
    }
    int out = with.compressByteArray(packed, 0, packed.length, plain, 0, size);
    return Arrays.copyOf(packed, out);
  }

  @Override
  public void close() {
    if (deflater != null) {
      deflater.end();
    }
    if (zstd != null) {
      zstd.close();
    }
  }
}
