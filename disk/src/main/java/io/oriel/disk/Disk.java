package io.oriel.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A file system as far as storage needs one. Thread-safe; single files are not.
public interface Disk {
  /// A new empty file for writing, in place of one that may be there. The caller closes it.
  WritableFile create(Path file) throws IOException;

  /// An existing file for writing at its end. The caller closes it.
  WritableFile append(Path file) throws IOException;

  /// The whole of {@code file} for reading, without copying it. The caller closes it.
  MappedFile map(Path file) throws IOException;

  /// The {@code length} bytes of {@code file} from {@code offset} on for reading, without copying
  /// them; they must have been written. The caller closes it.
  MappedFile map(Path file, long offset, long length) throws IOException;

  /// The bytes of {@code file} from {@code offset} on, at most {@code length}; fewer where the file
  /// ends.
  byte[] read(Path file, long offset, int length) throws IOException;

  /// Reads the bytes of {@code file} from {@code offset} on, at most {@code length}, into {@code
  /// into} from {@code at} on.
  ///
  /// @return how many they are; fewer than {@code length} where the file ends
  default int read(Path file, long offset, byte[] into, int at, int length) throws IOException {
    byte[] bytes = read(file, offset, length);
    System.arraycopy(bytes, 0, into, at, bytes.length);
    return bytes.length;
  }

  /// The whole content of {@code file}.
  byte[] read(Path file) throws IOException;

  /// What is in {@code directory}, sorted by name; nothing when it does not exist.
  List<Path> list(Path directory) throws IOException;

  boolean exists(Path file);

  boolean isDirectory(Path file);

  /// The size of {@code file} in bytes.
  long size(Path file) throws IOException;

  /// Creates {@code directory} and what is missing above it.
  void createDirectories(Path directory) throws IOException;

  /// Gives {@code from} the name {@code to}, at once, in place of a file of that name.
  void rename(Path from, Path to) throws IOException;

  /// Gives {@code file} a second name; copies it where the file system cannot.
  void link(Path file, Path secondName) throws IOException;

  /// Removes a file or an empty directory, if it is there.
  void delete(Path file) throws IOException;

  /// Removes a file, or a directory with all that is in it, if it is there.
  default void deleteTree(Path file) throws IOException {
    if (isDirectory(file)) {
      for (Path child : list(file)) {
        deleteTree(child);
      }
    }
    delete(file);
  }

  /// Cuts {@code file} down to {@code size} bytes, durably.
  void truncate(Path file, long size) throws IOException;

  /// How many bytes the file system that holds {@code directory} has in all, used ones included.
  long capacity(Path directory) throws IOException;

  /// Makes the names in {@code directory} durable: created, renamed and deleted ones.
  void syncDirectory(Path directory) throws IOException;
}
