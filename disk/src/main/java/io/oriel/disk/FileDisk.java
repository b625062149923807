package io.oriel.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The real disk.
public final class FileDisk implements Disk {
  @Override
  public WritableFile create(Path file) throws IOException {
    RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw");
    opened.setLength(0);
    return new OpenFile(opened, 0);
  }

  @Override
  public WritableFile append(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw");
    return new OpenFile(opened, opened.length());
  }

  @Override
  public MappedFile map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return map(channel, 0, channel.size());
    }
  }

  @Override
  public MappedFile map(Path file, long offset, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return map(channel, offset, length);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // the mapped file that is returned closes the arena
  private static MappedFile map(FileChannel channel, long offset, long length) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, offset, length, arena);
      return new MappedChannel(arena, bytes);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public byte[] read(Path file, long offset, int length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      byte[] bytes = new byte[Math.clamp(channel.size() - offset, 0, length)];
      int got = read(channel, offset, ByteBuffer.wrap(bytes));
      return got < bytes.length ? Arrays.copyOf(bytes, got) : bytes;
    }
  }

  @Override
  public int read(Path file, long offset, byte[] into, int at, int length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(channel, offset, ByteBuffer.wrap(into, at, length));
    }
  }

  private static int read(FileChannel channel, long offset, ByteBuffer into) throws IOException {
    int got = 0;
    while (into.hasRemaining()) {
      int more = channel.read(into, offset + got);
      if (more < 0) {
        break;
      }
      got += more;
    }
    return got;
  }

  @Override
  public byte[] read(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      children.forEach(found::add);
    } catch (NoSuchFileException _) {
      return List.of();
    }
    found.sort(null);
    return found;
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public boolean isDirectory(Path file) {
    return Files.isDirectory(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return Files.size(file);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void link(Path file, Path secondName) throws IOException {
    try {
      Files.createLink(secondName, file);
    } catch (UnsupportedOperationException | FileSystemException _) {
      Files.copy(file, secondName, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void truncate(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
      channel.force(true);
    }
  }

  @Override
  public long capacity(Path directory) throws IOException {
    return Files.getFileStore(directory).getTotalSpace();
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private record MappedChannel(Arena arena, MemorySegment bytes) implements MappedFile {
    @Override
    public void close() {
      arena.close();
    }
  }

  /// Not over a channel: an interrupt closes a channel under the hands of all who write to it, and
  /// a log must outlive the end of one of its writers.
  private static final class OpenFile implements WritableFile {
    private final RandomAccessFile file;
    private long position;

    /** Whether the file stands somewhere else than at {@code position}. */
    private boolean elsewhere;

    OpenFile(RandomAccessFile file, long position) {
      this.file = file;
      this.position = position;
      this.elsewhere = position != 0;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (elsewhere) {
        file.seek(position);
      }
      elsewhere = true;
      file.write(bytes, offset, length);
      elsewhere = false;
      position += length;
    }

    @Override
    public void overwrite(long at, byte[] bytes) throws IOException {
      elsewhere = true;
      file.seek(at);
      file.write(bytes);
    }

    @Override
    public void truncate(long size) throws IOException {
      elsewhere = true;
      file.setLength(size);
      position = Math.min(position, size);
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void sync() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
