package io.oriel.logs.tail;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// An open file's content by position. Used by one thread at a time.
interface ByteSource extends AutoCloseable {
  /// Reads at most {@code length} bytes from {@code position} on; zero or less at the end.
  int read(long position, byte[] into, int offset, int length) throws IOException;

  /// How many bytes there are; negative when that is not known before they are read.
  long size() throws IOException;

  /// Whether nothing can follow what is there.
  boolean isComplete();

  @Override
  void close() throws IOException;

  /// Opens {@code path}; the caller closes it.
  static ByteSource open(Path path, boolean compressed) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    return compressed ? new Compressed(channel) : new Plain(channel);
  }

  /// Content as it lies on the disk.
  final class Plain implements ByteSource {
    private final FileChannel channel;

    Plain(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      return channel.read(ByteBuffer.wrap(into, offset, length), position);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public boolean isComplete() {
      return false;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /// Content of a gzip file, read forwards; going back begins anew.
  final class Compressed implements ByteSource {
    private static final int BUFFER = 64 << 10;

    private final FileChannel channel;
    private InputStream in;
    private long position;

    /** What the last read gave, because the next one begins within it. */
    private byte[] history = {};

    private long historyStart;

    Compressed(FileChannel channel) throws IOException {
      this.channel = channel;
      this.in = begin(channel);
    }

    private static InputStream begin(FileChannel channel) throws IOException {
      channel.position(0);
      try {
        return new GZIPInputStream(java.nio.channels.Channels.newInputStream(channel), BUFFER);
      } catch (EOFException | ZipException e) {
        throw new IOException("not a whole gzip file yet: " + e.getMessage(), e);
      }
    }

    @Override
    public int read(long from, byte[] into, int offset, int length) throws IOException {
      int got = 0;
      if (from >= historyStart && from < position) {
        got = (int) Math.min(length, position - from);
        System.arraycopy(history, (int) (from - historyStart), into, offset, got);
      } else if (from < position) {
        in = begin(channel);
        position = 0;
      }
      while (position < from) {
        long skipped = in.skip(from - position);
        if (skipped == 0 && in.read() < 0) {
          return -1;
        }
        position += Math.max(skipped, 1);
      }
      while (got < length) {
        int n = in.read(into, offset + got, length - got);
        if (n < 0) {
          break;
        }
        got += n;
        position += n;
      }
      if (got > 0) {
        history = Arrays.copyOfRange(into, offset, offset + got);
        historyStart = from;
        position = from + got;
      }
      return got == 0 ? -1 : got;
    }

    @Override
    public long size() {
      return -1;
    }

    @Override
    public boolean isComplete() {
      return true;
    }

    @Override
    public void close() throws IOException {
      in.close();
      channel.close();
    }
  }
}
