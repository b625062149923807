package io.oriel.federation.storegateway;

import io.oriel.disk.Disk;
import io.oriel.model.error.CorruptionException;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// The index-headers of all blocks: made when they are not on disk, mapped when a query needs them,
/// let go when they are idle or when all together hold more heap than they may. Thread-safe.
final class HeaderPool implements AutoCloseable {
  static final String FILE = "index-header";

  /// @param idleAfter how long an unused header stays mapped; zero for ever
  /// @param mostHeapBytes what all mapped headers may hold of the heap, except for those in use
  /// @param sampling how many values there are for one whose place is held on the heap
  record Terms(Duration idleAfter, long mostHeapBytes, int sampling) {}

  private final Disk disk;
  private final Path directory;
  private final HeaderBuild build;
  private final Terms terms;
  private final GatewayMetrics metrics;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<Ulid, LazyHeader> headers = new ConcurrentHashMap<>();
  private final AtomicLong heapBytes = new AtomicLong();

  HeaderPool(
      Disk disk,
      Path directory,
      HeaderBuild build,
      Terms terms,
      GatewayMetrics metrics,
      LongSupplier nanos) {
    this.disk = disk;
    this.directory = directory;
    this.build = build;
    this.terms = terms;
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /// The header of a block, not mapped yet. The caller closes it.
  LazyHeader header(Ulid ulid) {
    LazyHeader header = new LazyHeader(this, ulid);
    headers.put(ulid, header);
    return header;
  }

  private Path file(Ulid ulid) {
    return directory.resolve(ulid.text()).resolve(FILE);
  }

  /// Makes the header's file when it is not there.
  ///
  /// @throws CorruptionException when the block's index is damaged or missing
  void ensure(Ulid ulid) throws IOException {
    if (!disk.exists(file(ulid))) {
      make(ulid);
    }
  }

  private void make(Ulid ulid) throws IOException {
    long start = nanos.getAsLong();
    build.build(ulid.text() + "/index", file(ulid));
    metrics.index.downloadSeconds.observe((nanos.getAsLong() - start) / 1e9);
  }

  /// Maps a header, making it when it is not there, and anew when it is damaged.
  IndexHeader load(Ulid ulid) throws IOException {
    metrics.index.loads.inc();
    try {
      return map(ulid);
    } catch (IOException | RuntimeException e) {
      metrics.index.loadFailures.inc();
      throw e;
    }
  }

  private IndexHeader map(Ulid ulid) throws IOException {
    boolean made = !disk.exists(file(ulid));
    if (made) {
      make(ulid);
    }
    long start = nanos.getAsLong();
    IndexHeader header;
    try {
      header = open(ulid);
    } catch (CorruptionException e) {
      if (made) {
        throw e;
      }
      make(ulid);
      header = open(ulid);
    }
    metrics.index.loadSeconds.observe((nanos.getAsLong() - start) / 1e9);
    heapBytes.addAndGet(header.heapBytes());
    metrics.index.heapBytes.inc((double) header.heapBytes());
    metrics.index.mappedBytes.inc((double) header.mappedBytes());
    shrink();
    return header;
  }

  private IndexHeader open(Ulid ulid) throws IOException {
    Path file = file(ulid);
    return IndexHeader.open(file.toString(), disk.map(file), terms.sampling());
  }

  /// Counts a header that is no longer mapped.
  void unloaded(IndexHeader header) {
    metrics.index.unloads.inc();
    heapBytes.addAndGet(-header.heapBytes());
    metrics.index.heapBytes.dec((double) header.heapBytes());
    metrics.index.mappedBytes.dec((double) header.mappedBytes());
  }

  /// Lets go of what is idle.
  void evictIdle() {
    if (!terms.idleAfter().isZero()) {
      long before = nanos.getAsLong() - terms.idleAfter().toNanos();
      headers.values().forEach(header -> header.unload(before));
    }
  }

  /// Lets go of those that were used longest ago until the rest fits; of none that is in use.
  void shrink() {
    if (heapBytes.get() > terms.mostHeapBytes()) {
      List<LazyHeader> oldest =
          headers.values().stream().sorted(Comparator.comparingLong(LazyHeader::lastUsed)).toList();
      for (LazyHeader header : oldest) {
        if (heapBytes.get() <= terms.mostHeapBytes()) {
          return;
        }
        header.unload(Long.MAX_VALUE);
      }
    }
  }

  /// Forgets a header that was closed.
  void closed(LazyHeader header, Ulid ulid) {
    headers.remove(ulid, header);
  }

  /// Removes a block's files.
  void delete(Ulid ulid) throws IOException {
    disk.deleteTree(directory.resolve(ulid.text()));
  }

  /// Removes the files of blocks that are not among {@code wanted}.
  void deleteOthers(Set<Ulid> wanted) throws IOException {
    for (Path child : disk.list(directory)) {
      String name = child.getFileName().toString();
      if (Ulid.isValid(name) && !wanted.contains(new Ulid(name))) {
        disk.deleteTree(child);
      }
    }
  }

  long now() {
    return nanos.getAsLong();
  }

  /// How many headers are mapped now.
  long mapped() {
    return headers.values().stream().filter(LazyHeader::isLoaded).count();
  }

  @Override
  public void close() {
    List.copyOf(headers.values()).forEach(LazyHeader::close);
  }
}
