package io.oriel.logs.tail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/// One look at a file. Immutable.
final class Sighting {
  private final Path path;
  private final long device;
  private final long inode;
  private final long createdNanos;
  private final long modifiedNanos;
  private final long size;
  private final boolean compressed;
  private final byte[] head;

  Sighting(Path path, long[] numbers, boolean compressed, byte[] head) {
    this.path = path;
    this.device = numbers[0];
    this.inode = numbers[1];
    this.createdNanos = numbers[2];
    this.modifiedNanos = numbers[3];
    this.size = numbers[4];
    this.compressed = compressed;
    this.head = head;
  }

  /// Looks at what {@code path} leads to.
  ///
  /// @throws IOException when it is gone, or no regular file, or may not be read
  static Sighting of(Path path) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(
            path,
            "unix:dev,ino,creationTime,lastModifiedTime,size,isRegularFile",
            new LinkOption[0]);
    if (!Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
      throw new IOException("not a regular file");
    }
    long size = number(attributes.get("size"));
    byte[] raw = start(path, size);
    boolean compressed = raw.length > 2 && raw[0] == 0x1f && (raw[1] & 0xFF) == 0x8b;
    return new Sighting(
        path,
        new long[] {
          number(attributes.get("dev")),
          number(attributes.get("ino")),
          nanos(attributes.get("creationTime")),
          nanos(attributes.get("lastModifiedTime")),
          size
        },
        compressed,
        compressed ? startDecompressed(path) : raw);
  }

  private static long number(@org.jspecify.annotations.Nullable Object attribute) {
    return attribute instanceof Number number ? number.longValue() : 0;
  }

  private static long nanos(@org.jspecify.annotations.Nullable Object attribute) {
    return attribute instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
  }

  private static byte[] start(Path path, long size) throws IOException {
    if (size == 0) {
      return new byte[0];
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, Fingerprint.MOST));
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
        assert buffer.position() >= 0;
      }
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /// What a compressed file begins with; as much as can be read of one still being written.
  private static byte[] startDecompressed(Path path) throws IOException {
    byte[] head = new byte[Fingerprint.MOST];
    int length = 0;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
      for (int n = in.read(head); n > 0; n = in.read(head, length, head.length - length)) {
        length += n;
        if (length == head.length) {
          break;
        }
      }
    } catch (java.io.EOFException | java.util.zip.ZipException _) {
      return Arrays.copyOf(head, length);
    }
    return Arrays.copyOf(head, length);
  }

  /// As it was found, a symbolic link perhaps.
  Path path() {
    return path;
  }

  long device() {
    return device;
  }

  long inode() {
    return inode;
  }

  long createdNanos() {
    return createdNanos;
  }

  long modifiedNanos() {
    return modifiedNanos;
  }

  /// In bytes as they lie on the disk.
  long size() {
    return size;
  }

  boolean compressed() {
    return compressed;
  }

  /// Its first bytes, decompressed, at most {@link Fingerprint#MOST}. Do not change them.
  byte[] head() {
    return head;
  }

  Fingerprint fingerprint() {
    return Fingerprint.of(head, head.length);
  }

  /// When the file was made; zero when the file system does not tell.
  long birth() {
    return knowsBirth() ? createdNanos : 0;
  }

  /// Whether the file system tells when a file was made. The JDK gives the time of the last change
  /// where it does not, so an earlier one is proof.
  boolean knowsBirth() {
    return createdNanos < modifiedNanos;
  }
}
