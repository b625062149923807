package io.oriel.logs.tail;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.logs.spool.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The registry, together with how far files are read that nothing durable says yet. Thread-safe.
final class KnownFiles {
  private static final int KEY_BYTES = 9;

  private final Tailer.Setup setup;
  private final Registry registry;

  /** Positions in the spool that the registry may not know yet, by entry. */
  @GuardedBy("this")
  private final Map<String, Position> handed = new HashMap<>();

  /** When a file was first not found, by entry, in milliseconds. */
  @GuardedBy("this")
  private final Map<String, Long> missing = new HashMap<>();

  KnownFiles(Tailer.Setup setup) {
    this.setup = setup;
    this.registry = setup.registry();
  }

  /// Everything known, as far as it is read now.
  synchronized List<FileEntry> entries(List<Position> open) {
    open.forEach(this::remember);
    List<FileEntry> entries = new ArrayList<>();
    for (FileEntry entry : registry.entries()) {
      entries.add(readOn(entry));
    }
    return entries;
  }

  @GuardedBy("this")
  private FileEntry readOn(FileEntry entry) {
    Position further = handed.get(entry.id());
    if (further == null) {
      return entry;
    }
    if (entry.position().isAtOrAfter(further)) {
      handed.remove(entry.id());
      return entry;
    }
    return entry.at(further);
  }

  @GuardedBy("this")
  private void remember(Position position) {
    handed.merge(
        position.source() + "/" + position.generation(),
        position,
        (a, b) -> b.isAtOrAfter(a) ? b : a);
  }

  synchronized void handed(Position position) {
    remember(position);
  }

  /// Keeps where and how a known file was seen, unless its reader has found since that it begins
  /// otherwise, or with more: then the next look sees it better.
  synchronized FileEntry see(FileEntry entry, Sighting sighting) throws IOException {
    missing.remove(entry.id());
    boolean older =
        registry
            .find(entry.key(), entry.generation())
            .map(known -> !known.fingerprint().isPrefixOf(sighting.head()))
            .orElse(false);
    return older ? entry : keep(entry, sighting);
  }

  /// As {@link #see}, of a file whose position is right though its beginning is not.
  synchronized FileEntry seeAnyhow(FileEntry entry, Sighting sighting) throws IOException {
    missing.remove(entry.id());
    return keep(entry, sighting);
  }

  @GuardedBy("this")
  private FileEntry keep(FileEntry entry, Sighting sighting) throws IOException {
    FileEntry now = entry.seenAs(sighting, setup.clock().millis());
    if (!now.equals(withTime(entry, now)) && isCurrent(entry)) {
      registry.describe(now);
    }
    return now;
  }

  /// The entry, as far as it is read now, unless somebody changed its state since it was looked up.
  synchronized Optional<FileEntry> current(FileEntry entry) {
    return isCurrent(entry)
        ? registry.find(entry.key(), entry.generation()).map(this::readOn)
        : Optional.empty();
  }

  /// Whether nobody changed the entry's state since it was looked up; a reader may have found the
  /// file emptied meanwhile.
  synchronized boolean isCurrent(FileEntry entry) {
    return registry
        .find(entry.key(), entry.generation())
        .map(now -> now.state() == entry.state())
        .orElse(false);
  }

  /// Keeps what a file begins with, as its reader found it. The first of it is durable before
  /// anything that it covers can be.
  ///
  /// @return false when it is known to begin otherwise, or with more: what was seen is gone
  synchronized boolean beginsWith(FileEntry entry, byte[] head) throws IOException {
    FileEntry known = registry.find(entry.key(), entry.generation()).orElse(entry);
    Fingerprint before = known.fingerprint();
    if (!before.isPrefixOf(head)) {
      return false;
    }
    if (before.length() < head.length) {
      registry.describe(known.beginning(Fingerprint.of(head, head.length)));
      if (before.length() == 0) {
        registry.sync();
      }
    }
    return true;
  }

  private static FileEntry withTime(FileEntry entry, FileEntry of) {
    return new FileEntry(
        entry.key(),
        entry.generation(),
        entry.path(),
        entry.device(),
        entry.inode(),
        entry.createdNanos(),
        entry.fingerprint(),
        entry.offset(),
        entry.anchor(),
        entry.state(),
        of.seenMillis(),
        entry.note());
  }

  /// Keeps a file never seen before, durably: its key is in the ids of its documents.
  FileEntry add(Sighting sighting) throws IOException {
    byte[] bytes = new byte[KEY_BYTES];
    setup.random().nextBytes(bytes);
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    FileEntry entry = FileEntry.fresh(key, sighting, setup.clock().millis());
    registry.put(entry);
    return entry;
  }

  /// {@code next} follows {@code old}, of which there may be an unread rest somewhere.
  synchronized FileEntry empty(FileEntry old, FileEntry next) throws IOException {
    registry.follow(old.in(FileEntry.State.REMAINDER), next);
    return next;
  }

  /// As {@link #empty}, for a file that is open.
  synchronized FileEntry nextGeneration(FileEntry old, Fingerprint fingerprint) throws IOException {
    FileEntry known = registry.find(old.key(), old.generation()).orElse(old);
    FileEntry next =
        new FileEntry(
            known.key(),
            known.generation() + 1,
            known.path(),
            known.device(),
            known.inode(),
            known.createdNanos(),
            fingerprint,
            0,
            0,
            FileEntry.State.LIVE,
            setup.clock().millis(),
            known.note());
    return empty(known, next);
  }

  /// The rest of {@code original} is at {@code sighting}: finished, if there is none.
  synchronized FileEntry takeOver(FileEntry original, Sighting sighting) throws IOException {
    missing.remove(original.id());
    boolean nothing =
        sighting.compressed()
            ? lengthModulo(sighting.path()) == (original.offset() & 0xFFFFFFFFL)
            : sighting.size() <= original.offset();
    boolean durable =
        registry
            .find(original.key(), original.generation())
            .map(entry -> entry.offset() >= original.offset())
            .orElse(false);
    boolean over = durable && (original.state() != FileEntry.State.LIVE || sighting.compressed());
    FileEntry now = original.seenAs(sighting, setup.clock().millis());
    if (nothing && over) {
      now = now.in(FileEntry.State.FINISHED);
    } else if (original.state() == FileEntry.State.REMAINDER) {
      now = now.in(FileEntry.State.COPY);
    }
    registry.describe(now);
    return now;
  }

  /// The decompressed length of a gzip file of one member, modulo 2^32, as its last bytes say;
  /// negative when there are none.
  private static long lengthModulo(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      long size = channel.size();
      return size < 18 || channel.read(last, size - 4) < 4 ? -1 : last.getInt(0) & 0xFFFFFFFFL;
    }
  }

  /// The rest of it is not where it was thought to be.
  synchronized void remains(FileEntry entry) throws IOException {
    Optional<FileEntry> known = registry.find(entry.key(), entry.generation());
    registry.describe(known.orElse(entry).in(FileEntry.State.REMAINDER));
  }

  /// Nothing more is to be read of it.
  synchronized void finish(FileEntry entry) throws IOException {
    Optional<FileEntry> known = registry.find(entry.key(), entry.generation());
    registry.describe(known.orElse(entry).in(FileEntry.State.FINISHED));
  }

  /// Forgets those of {@code gone} that have been gone for long enough.
  synchronized void forgetOld(List<FileEntry> gone, Set<Path> present) throws IOException {
    long now = setup.clock().millis();
    for (FileEntry entry : gone) {
      boolean there =
          entry.state() == FileEntry.State.FINISHED && present.contains(Path.of(entry.path()));
      if (there) {
        missing.remove(entry.id());
        continue;
      }
      Long since = missing.putIfAbsent(entry.id(), now);
      if (since != null && now - since > setup.keepRemoved().toMillis()) {
        missing.remove(entry.id());
        handed.remove(entry.id());
        registry.remove(entry);
      }
    }
  }

  void sync() throws IOException {
    registry.sync();
  }
}
