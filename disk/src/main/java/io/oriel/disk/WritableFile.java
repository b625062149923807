package io.oriel.disk;

import java.io.IOException;

/// A file being written at its end. Not thread-safe.
public interface WritableFile extends AutoCloseable {
  /// Appends {@code length} bytes of {@code bytes} from {@code offset} on.
  void write(byte[] bytes, int offset, int length) throws IOException;

  default void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  /// Replaces bytes written before, from {@code position} on; the end stays where it is.
  void overwrite(long position, byte[] bytes) throws IOException;

  /// Forgets what was written from {@code size} on, as far as it got; writing goes on there.
  void truncate(long size) throws IOException;

  /// How many bytes the file has now.
  long position();

  /// Returns once everything written is on the medium.
  void sync() throws IOException;

  /// Closes without syncing.
  @Override
  void close() throws IOException;
}
