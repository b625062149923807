package io.oriel.disk;

import java.lang.foreign.MemorySegment;

/// A file's content as memory, read-only. Thread-safe. After {@link #close} any access to {@link
/// #bytes} throws.
public interface MappedFile extends AutoCloseable {
  /// The content; valid until the file is closed.
  MemorySegment bytes();

  /// Size in bytes.
  default long size() {
    return bytes().byteSize();
  }

  @Override
  void close();
}
