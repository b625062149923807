package io.oriel.logs.tail;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.disk.Frames;
import io.oriel.disk.WritableFile;
import io.oriel.logs.spool.Position;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known of every file, on disk. Thread-safe.
///
/// A log of changes behind a checkpoint. New files, new generations and removals are durable when
/// the call returns; positions when {@link #sync} is called, since until then the spool has them.
public final class Registry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
  private static final byte[] MAGIC = "ORSREG01".getBytes(StandardCharsets.US_ASCII);
  private static final String CHECKPOINT = "checkpoint.";
  private static final String CHANGES = "changes.";
  private static final long CHECKPOINT_AFTER = 1 << 20;

  private final Disk disk;
  private final Path directory;

  @GuardedBy("this")
  private final Map<String, FileEntry> entries = new LinkedHashMap<>();

  @GuardedBy("this")
  private @Nullable WritableFile out;

  @GuardedBy("this")
  private long number;

  @GuardedBy("this")
  private boolean dirty;

  private Registry(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /// Opens the registry in {@code directory}.
  ///
  /// @throws OrielException of kind CORRUPT when its checkpoint is damaged
  public static Registry open(Disk disk, Path directory) throws IOException {
    disk.createDirectories(directory);
    Registry registry = new Registry(disk, directory);
    registry.recover();
    return registry;
  }

  private synchronized void recover() throws IOException {
    long newest = -1;
    for (Path file : disk.list(directory)) {
      newest = Math.max(newest, numberOf(file, CHECKPOINT));
    }
    if (newest >= 0) {
      Path file = directory.resolve(CHECKPOINT + newest);
      byte[] bytes = disk.read(file);
      if (replay(bytes) < bytes.length) {
        throw new OrielException(
            Kind.CORRUPT,
            "cannot open "
                + file
                + ": damaged; move the directory away to ship every file from its beginning");
      }
    }
    number = Math.max(newest, 0);
    Path changes = directory.resolve(CHANGES + number);
    if (disk.exists(changes)) {
      byte[] bytes = disk.read(changes);
      int whole = replay(bytes);
      if (whole < bytes.length) {
        LOG.atInfo()
            .addKeyValue("bytes", bytes.length - whole)
            .log("torn end of the file registry ignored");
      }
    }
    checkpoint();
  }

  private static long numberOf(Path file, String prefix) {
    String name = String.valueOf(file.getFileName());
    if (name.startsWith(prefix)) {
      try {
        return Long.parseLong(name.substring(prefix.length()));
      } catch (NumberFormatException _) {
        return -1;
      }
    }
    return -1;
  }

  /// How much of {@code bytes} was whole.
  @GuardedBy("this")
  private int replay(byte[] bytes) {
    if (bytes.length < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
      return 0;
    }
    int at = MAGIC.length;
    for (Optional<Frames.Found> frame = Frames.find(bytes, at, bytes.length);
        frame.isPresent();
        frame = Frames.find(bytes, at, bytes.length)) {
      RegistryCodec.apply(bytes, frame.get().payload(), frame.get().end(), entries);
      at = frame.get().end();
    }
    return at;
  }

  /// Writes everything to a checkpoint of the next number, begins its log, and removes what came
  /// before.
  @GuardedBy("this")
  private void checkpoint() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(MAGIC);
    for (FileEntry entry : entries.values()) {
      all.write(Frames.of(RegistryCodec.put(entry)));
    }
    WritableFile old = out;
    out = null;
    if (old != null) {
      old.close();
    }
    long next = number + 1;
    WritableFile log = disk.create(directory.resolve(CHANGES + next));
    try {
      log.write(MAGIC);
      log.sync();
      DurableFile.write(disk, directory.resolve(CHECKPOINT + next), all.toByteArray());
    } catch (IOException e) {
      log.close();
      throw e;
    }
    out = log;
    number = next;
    dirty = false;
    for (Path file : disk.list(directory)) {
      long of = Math.max(numberOf(file, CHECKPOINT), numberOf(file, CHANGES));
      boolean leftover = String.valueOf(file.getFileName()).endsWith(DurableFile.TEMPORARY);
      if (leftover || of >= 0 && of != number) {
        disk.delete(file);
      }
    }
  }

  /// Keeps {@code entry}, in place of one with the same key and generation; durable on return.
  public synchronized void put(FileEntry entry) throws IOException {
    append(RegistryCodec.put(entry));
    syncLog();
    entries.put(entry.id(), entry);
  }

  /// Keeps {@code next}, which goes on after {@code old}, and what {@code old} says of what is left
  /// behind; durable on return. At no moment, and after no crash, is neither of them live.
  public synchronized void follow(FileEntry old, FileEntry next) throws IOException {
    FileEntry left = atKnownPosition(old);
    append(RegistryCodec.put(next), RegistryCodec.put(left));
    syncLog();
    entries.put(left.id(), left);
    entries.put(next.id(), next);
  }

  /// Keeps what {@code entry} says of the file, but not its position: of a known file that stays
  /// what is durable. Durable with the next sync.
  public synchronized void describe(FileEntry entry) throws IOException {
    FileEntry kept = atKnownPosition(entry);
    append(RegistryCodec.put(kept));
    entries.put(kept.id(), kept);
  }

  @GuardedBy("this")
  private FileEntry atKnownPosition(FileEntry entry) {
    FileEntry known = entries.get(entry.id());
    return known == null ? entry : entry.at(known.position());
  }

  /// Keeps {@code text} with a file for later, durably with the next sync.
  public synchronized void note(String key, int generation, String text) throws IOException {
    FileEntry known = entries.get(key + "/" + generation);
    if (known != null && !known.note().equals(text)) {
      describe(known.noting(text));
    }
  }

  /// Forgets {@code entry}, durably with the next sync.
  public synchronized void remove(FileEntry entry) throws IOException {
    append(RegistryCodec.remove(entry));
    entries.remove(entry.id());
  }

  /// Notes how far files are durably read, durably with the next sync. A file that is not known, or
  /// is known to be read further, stays as it is.
  public synchronized void move(List<Position> positions) throws IOException {
    for (Position position : positions) {
      String id = position.source() + "/" + position.generation();
      FileEntry entry = entries.get(id);
      if (entry != null && position.isAtOrAfter(entry.position())) {
        append(RegistryCodec.move(position));
        entries.put(id, entry.at(position));
      }
    }
    WritableFile log = out;
    if (log != null && log.position() > CHECKPOINT_AFTER + 256L * entries.size()) {
      checkpoint();
    }
  }

  @GuardedBy("this")
  private void append(byte[]... payloads) throws IOException {
    WritableFile log = out;
    if (log == null) {
      // an earlier checkpoint went wrong half way
      checkpoint();
      log = out;
    }
    if (log == null) {
      throw OrielException.bug("registry without a log");
    }
    long before = log.position();
    try {
      for (byte[] payload : payloads) {
        log.write(Frames.of(payload));
        dirty = true;
      }
    } catch (IOException e) {
      cutBack(log, before);
      throw e;
    }
  }

  @GuardedBy("this")
  private void cutBack(WritableFile log, long size) {
    try {
      log.truncate(size);
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("cannot cut off half a record, the registry begins a new log");
      out = null;
    }
  }

  /// Makes durable what was noted.
  public synchronized void sync() throws IOException {
    if (dirty) {
      syncLog();
    }
  }

  @GuardedBy("this")
  private void syncLog() throws IOException {
    WritableFile log = out;
    if (log != null) {
      log.sync();
      dirty = false;
    }
  }

  /// The entry of one generation of a file.
  public synchronized Optional<FileEntry> find(String key, int generation) {
    return Optional.ofNullable(entries.get(key + "/" + generation));
  }

  /// Everything known now.
  public synchronized List<FileEntry> entries() {
    return new ArrayList<>(entries.values());
  }

  /// Syncs and closes.
  @Override
  public synchronized void close() throws IOException {
    WritableFile log = out;
    if (log != null) {
      out = null;
      log.sync();
      log.close();
    }
  }
}
