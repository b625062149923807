package io.oriel.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A disk whose power fails at a chosen operation. From then on every change throws; {@link
/// #powerCut} then leaves of what was not synced as much as the seed says: appended bytes are torn,
/// and a suffix of created, renamed and deleted names is undone. It can also be full, or slow to
/// sync. Writes may come from several threads, changes of names from one at a time.
public final class CrashDisk implements Disk {
  private interface Undo {
    void run() throws IOException;
  }

  private record Change(Path directory, Undo undo) {}

  private final FileDisk real = new FileDisk();
  private final Path trash;
  private final SplittableRandom random;
  private final List<Change> journal = new ArrayList<>();
  private final Map<Path, Long> syncedSizes = new ConcurrentHashMap<>();
  private final AtomicLong operationsLeft;
  private final AtomicLong syncs = new AtomicLong();
  private final AtomicLong spaceLeft = new AtomicLong(Long.MAX_VALUE);
  private volatile Runnable beforeSync = () -> {};
  private volatile boolean refusesTruncation;
  private volatile boolean refusesSync;
  private int discarded;

  /// @param trash an empty directory, for deleted files that may have to come back
  /// @param operations how many changes succeed before the power fails
  public CrashDisk(Path trash, SplittableRandom random, long operations) {
    this.trash = trash;
    this.random = random;
    this.operationsLeft = new AtomicLong(operations);
  }

  /// Whether the power has failed.
  public boolean isDead() {
    return operationsLeft.get() <= 0;
  }

  /// Lets {@code bytes} more be written, then refuses in the middle of a write.
  public void limitSpace(long bytes) {
    spaceLeft.set(bytes);
  }

  /// Whether open files refuse from now on to be made shorter.
  public void refuseTruncation(boolean refuse) {
    refusesTruncation = refuse;
  }

  /// Whether files refuse from now on to be synced; what is written is read, and lost by a power
  /// cut.
  public void refuseSync(boolean refuse) {
    refusesSync = refuse;
  }

  /// Runs {@code hook} before every sync of a file.
  public void beforeSync(Runnable hook) {
    beforeSync = hook;
  }

  /// How often a file was synced.
  public long syncs() {
    return syncs.get();
  }

  private void spend() throws IOException {
    if (operationsLeft.decrementAndGet() <= 0) {
      throw new IOException("power is off");
    }
  }

  private void note(Path changed, Undo undo) {
    journal.add(new Change(changed.toAbsolutePath().resolve("..").normalize(), undo));
  }

  /// Leaves the directory as a machine would find it after a power cut.
  public void powerCut() throws IOException {
    operationsLeft.set(0);
    int keep = random.nextInt(journal.size() + 1);
    for (int i = journal.size() - 1; i >= keep; i--) {
      journal.get(i).undo().run();
    }
    for (Map.Entry<Path, Long> file : syncedSizes.entrySet()) {
      if (Files.exists(file.getKey())) {
        long size = Files.size(file.getKey());
        long durable = Math.min(size, file.getValue());
        real.truncate(file.getKey(), durable + random.nextLong(size - durable + 1));
      }
    }
  }

  @Override
  public WritableFile create(Path file) throws IOException {
    spend();
    WritableFile out = real.create(file);
    syncedSizes.put(file, 0L);
    note(file, () -> real.delete(file));
    return new Watched(file, out);
  }

  @Override
  public WritableFile append(Path file) throws IOException {
    spend();
    syncedSizes.putIfAbsent(file, real.size(file));
    return new Watched(file, real.append(file));
  }

  @Override
  public MappedFile map(Path file) throws IOException {
    return real.map(file);
  }

  @Override
  public MappedFile map(Path file, long offset, long length) throws IOException {
    return real.map(file, offset, length);
  }

  @Override
  public byte[] read(Path file, long offset, int length) throws IOException {
    return real.read(file, offset, length);
  }

  @Override
  public byte[] read(Path file) throws IOException {
    return real.read(file);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    return real.list(directory);
  }

  @Override
  public boolean exists(Path file) {
    return real.exists(file);
  }

  @Override
  public boolean isDirectory(Path file) {
    return real.isDirectory(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return real.size(file);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    spend();
    real.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    spend();
    real.rename(from, to);
    move(from, to);
    note(
        to,
        () -> {
          real.rename(to, from);
          move(to, from);
        });
  }

  /// Carries what is known of the files below one name over to another.
  private void move(Path from, Path to) {
    Map<Path, Long> moved = new HashMap<>();
    syncedSizes
        .keySet()
        .removeIf(
            file -> {
              if (!file.startsWith(from)) {
                return false;
              }
              moved.put(to.resolve(from.relativize(file)), syncedSizes.getOrDefault(file, 0L));
              return true;
            });
    syncedSizes.putAll(moved);
  }

  @Override
  public void link(Path file, Path secondName) throws IOException {
    spend();
    real.link(file, secondName);
  }

  @Override
  public void delete(Path file) throws IOException {
    spend();
    if (!Files.exists(file)) {
      return;
    }
    Path kept = trash.resolve(Integer.toString(discarded++));
    Files.move(file, kept);
    note(
        file,
        () -> {
          if (Files.isDirectory(file.resolve("..").normalize()) && !Files.exists(file)) {
            Files.move(kept, file);
          }
        });
  }

  @Override
  public void truncate(Path file, long size) throws IOException {
    spend();
    real.truncate(file, size);
    syncedSizes.put(file, size);
  }

  @Override
  public long capacity(Path directory) throws IOException {
    return real.capacity(directory);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    spend();
    Path synced = directory.toAbsolutePath();
    journal.removeIf(change -> change.directory().equals(synced));
  }

  private final class Watched implements WritableFile {
    private final Path file;
    private final WritableFile out;

    Watched(Path file, WritableFile out) {
      this.file = file;
      this.out = out;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      spend();
      long left = spaceLeft.addAndGet(-length);
      if (left < 0) {
        out.write(bytes, offset, (int) Math.max(0, length + left));
        throw new IOException("no space left on device");
      }
      out.write(bytes, offset, length);
    }

    @Override
    public void overwrite(long position, byte[] bytes) throws IOException {
      spend();
      out.overwrite(position, bytes);
    }

    @Override
    public void truncate(long size) throws IOException {
      spend();
      if (refusesTruncation) {
        throw new IOException("input/output error");
      }
      out.truncate(size);
      syncedSizes.computeIfPresent(file, (_, synced) -> Math.min(synced, size));
    }

    @Override
    public long position() {
      return out.position();
    }

    @Override
    public void sync() throws IOException {
      long position = out.position();
      beforeSync.run();
      spend();
      if (refusesSync) {
        throw new IOException("cannot sync: I/O error");
      }
      syncs.incrementAndGet();
      syncedSizes.computeIfPresent(file, (_, _) -> position);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
