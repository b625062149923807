package io.oriel.federation.bucket;

import io.oriel.disk.Disk;
import io.oriel.disk.WritableFile;
import io.oriel.model.error.Kind;
import io.oriel.model.labels.Utf8Order;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// A directory as a bucket: the embedded default, laid out as Thanos' FILESYSTEM store, so that a
/// real Thanos may read the same directory.
///
/// An object is written below `.oriel-uploads`, synced, and renamed into its place, so that nobody
/// sees half of it, also after a power cut. Several processes may use one directory.
public final class FilesystemBucket implements Bucket {
  private static final String UPLOADS = ".oriel-uploads";
  private static final long LEFTOVER_MILLIS = 24 * 3600_000L;
  private static final int BUFFER = 1 << 16;
  private static final int ATTEMPTS = 16;

  private final Disk disk;
  private final Path root;

  private FilesystemBucket(Disk disk, Path root) {
    this.disk = disk;
    this.root = root;
  }

  /// The bucket in {@code directory}, which is created if need be; removes what uploads that died
  /// more than a day before {@code nowMillis} left behind.
  public static FilesystemBucket open(Disk disk, Path directory, long nowMillis) {
    FilesystemBucket bucket = new FilesystemBucket(disk, directory.toAbsolutePath().normalize());
    Path uploads = bucket.root.resolve(UPLOADS);
    try {
      disk.createDirectories(uploads);
      for (Path leftover : disk.list(uploads)) {
        if (modified(leftover) < nowMillis - LEFTOVER_MILLIS) {
          disk.delete(leftover);
        }
      }
    } catch (IOException e) {
      throw BucketException.of("open", bucket, "", e);
    }
    return bucket;
  }

  private static long modified(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (NoSuchFileException _) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public String name() {
    return root.getFileName() == null ? root.toString() : root.getFileName().toString();
  }

  private Path file(String operation, String name) {
    ObjectName.check(operation, name(), name);
    if (name.equals(UPLOADS) || name.startsWith(UPLOADS + "/")) {
      throw new BucketException(Kind.INVALID, operation, name(), name, "the name is reserved");
    }
    return root.resolve(name);
  }

  @Override
  public InputStream get(String name) {
    return open("get", name, 0, Long.MAX_VALUE);
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    return open("get range of", name, offset, length);
  }

  private InputStream open(String operation, String name, long offset, long length) {
    Path file = file(operation, name);
    try {
      if (Files.isDirectory(file)) {
        throw new NoSuchFileException(name);
      }
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        channel.position(offset);
        return new BoundedStream(Channels.newInputStream(channel), length);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(operation, name, file, e);
    }
  }

  private BucketException failed(String operation, String name, Path file, IOException cause) {
    boolean gone = !Files.exists(file);
    IOException known = gone ? new NoSuchFileException(name) : cause;
    return BucketException.of(operation, this, name, known);
  }

  @Override
  public boolean link(String name, Disk into, Path file) {
    Path object = file("get", name);
    try {
      if (!Files.isRegularFile(object)) {
        throw new NoSuchFileException(name);
      }
      into.link(object, file);
      return true;
    } catch (IOException e) {
      throw failed("get", name, object, e);
    }
  }

  @Override
  public ObjectEntry attributes(String name) {
    Path file = file("stat", name);
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new NoSuchFileException(name);
      }
      return new ObjectEntry(name, attributes.size(), attributes.lastModifiedTime().toMillis());
    } catch (IOException e) {
      throw failed("stat", name, file, e);
    }
  }

  @Override
  public boolean exists(String name) {
    return Files.isRegularFile(file("stat", name));
  }

  @Override
  public void upload(String name, Content content) {
    Path file = file("upload", name);
    Path temporary = root.resolve(UPLOADS).resolve(UUID.randomUUID().toString());
    try {
      try {
        write(temporary, content);
        publish(temporary, file);
      } catch (IOException | RuntimeException e) {
        deleteQuietly(temporary, e);
        throw e;
      }
    } catch (IOException e) {
      throw BucketException.of("upload", this, name, e);
    }
  }

  /// A finished file gets a second name; anything else is copied.
  private void write(Path temporary, Content content) throws IOException {
    disk.createDirectories(root.resolve(UPLOADS));
    Optional<Path> finished = content.file();
    if (finished.isPresent()) {
      disk.link(finished.get(), temporary);
      try (WritableFile out = disk.append(temporary)) {
        requireAll(out.position(), content);
        out.sync();
      }
      return;
    }
    try (InputStream in = content.open();
        WritableFile out = disk.create(temporary)) {
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
      requireAll(out.position(), content);
      out.sync();
    }
  }

  private static void requireAll(long got, Content content) throws IOException {
    if (got != content.length()) {
      throw new IOException("got " + got + " bytes of content, want " + content.length());
    }
  }

  private void deleteQuietly(Path temporary, Exception failure) {
    try {
      disk.delete(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /// Renames, and makes every name on the way durable. Somebody who deletes the last object of a
  /// directory removes the directory too, so it may vanish between being made and being used.
  private void publish(Path temporary, Path file) throws IOException {
    Path directory = parent(file);
    for (int attempt = 1; ; attempt++) {
      try {
        disk.createDirectories(directory);
        disk.rename(temporary, file);
        break;
      } catch (NoSuchFileException | FileAlreadyExistsException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
    for (Path at = directory; at.startsWith(root); at = parent(at)) {
      disk.syncDirectory(at);
    }
  }

  private Path parent(Path file) {
    Path parent = file.getParent();
    return parent == null ? root : parent;
  }

  @Override
  public void delete(String name) {
    Path file = file("delete", name);
    if (Files.isDirectory(file)) {
      return;
    }
    try {
      disk.delete(file);
      Path directory = parent(file);
      while (!directory.equals(root) && isEmpty(directory)) {
        disk.delete(directory);
        directory = parent(directory);
      }
      if (Files.isDirectory(directory)) {
        disk.syncDirectory(directory);
      }
    } catch (DirectoryNotEmptyException | NoSuchFileException _) {
      // somebody uploads into it, or removes it too
      return;
    } catch (IOException e) {
      throw BucketException.of("delete", this, name, e);
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.findAny().isEmpty();
    }
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    String prefix = ObjectName.prefix(name(), directory);
    try {
      visit(prefix, depth, visitor);
    } catch (IOException e) {
      throw BucketException.of("list", this, directory, e);
    }
  }

  private boolean visit(String prefix, Depth depth, Visitor visitor) throws IOException {
    for (ObjectEntry entry : children(prefix)) {
      boolean goOn =
          entry.isDirectory() && depth == Depth.ALL
              ? visit(entry.name(), depth, visitor)
              : visitor.visit(entry);
      if (!goOn) {
        return false;
      }
    }
    return true;
  }

  private List<ObjectEntry> children(String prefix) throws IOException {
    List<ObjectEntry> entries = new ArrayList<>();
    try (Stream<Path> children = Files.list(root.resolve(prefix))) {
      for (Path child : (Iterable<Path>) children::iterator) {
        String name = prefix + child.getFileName();
        if (!name.equals(UPLOADS)) {
          add(entries, name, child);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      return List.of();
    }
    entries.sort(Comparator.comparing(ObjectEntry::name, Utf8Order.COMPARATOR));
    return entries;
  }

  private static void add(List<ObjectEntry> entries, String name, Path child) throws IOException {
    try {
      BasicFileAttributes a = Files.readAttributes(child, BasicFileAttributes.class);
      entries.add(
          a.isDirectory()
              ? ObjectEntry.directory(name + "/")
              : new ObjectEntry(name, a.size(), a.lastModifiedTime().toMillis()));
    } catch (NoSuchFileException _) {
      // deleted since it was listed
    }
  }

  @Override
  public void close() {
    // a directory needs no closing
  }
}
