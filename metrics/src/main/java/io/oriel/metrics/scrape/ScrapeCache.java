package io.oriel.metrics.scrape;

import io.oriel.model.labels.Labels;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The series that a target's earlier scrapes brought, by the raw bytes that name them. Confined to
/// the target's loop.
/*
 * A hash table with open addressing, keyed by the 64-bit hash of the bytes; the bytes decide when
 * hashes meet. Each entry remembers the scrape that saw it last, so "what is gone" needs no second
 * set: it is whatever the previous scrape saw and this one did not.
 */
final class ScrapeCache {
  private static final int FIRST_CAPACITY = 256;

  /// One series, or one that relabelling drops.
  static final class Entry {
    private final long hash;
    private final byte[] name;

    /** The reference in storage. */
    long ref;

    /** What it is stored under; empty when it is dropped. */
    final Labels labels;

    final boolean dropped;

    /** The last scrape in which it was there; for staleness only when {@link #tracked}. */
    int lastScrape;

    /** Whether its end is to be marked; says so only of scrapes that succeeded. */
    boolean tracked;

    /** What {@link #tracked} becomes when the present scrape succeeds. */
    boolean wanted;

    private Entry(long hash, byte[] name, Labels labels, boolean dropped) {
      this.hash = hash;
      this.name = name;
      this.labels = labels;
      this.dropped = dropped;
    }
  }

  private @Nullable Entry[] table = new Entry[FIRST_CAPACITY];
  private int size;

  /// The entry for these bytes, or null.
  @Nullable Entry find(long hash, byte[] bytes, int offset, int length) {
    int mask = table.length - 1;
    for (int i = (int) hash & mask; ; i = (i + 1) & mask) {
      Entry entry = table[i];
      if (entry == null) {
        return null;
      }
      if (entry.hash == hash
          && Arrays.equals(entry.name, 0, entry.name.length, bytes, offset, offset + length)) {
        return entry;
      }
    }
  }

  /// Adds an entry, which must not be there yet.
  Entry add(long hash, byte[] name, Labels labels, boolean dropped) {
    if (2 * (size + 1) > table.length) {
      rebuild(2 * table.length, entry -> true);
    }
    Entry entry = new Entry(hash, name, labels, dropped);
    insert(table, entry);
    size++;
    return entry;
  }

  int size() {
    return size;
  }

  void forEach(Consumer<Entry> action) {
    for (Entry entry : table) {
      if (entry != null) {
        action.accept(entry);
      }
    }
  }

  /// Forgets everything not seen since scrape {@code oldest}.
  void evict(int oldest) {
    boolean[] any = new boolean[1];
    forEach(entry -> any[0] |= entry.lastScrape < oldest);
    if (any[0]) {
      rebuild(table.length, entry -> entry.lastScrape >= oldest);
    }
  }

  private void rebuild(int capacity, java.util.function.Predicate<Entry> keep) {
    @Nullable Entry[] old = table;
    @Nullable Entry[] fresh = new Entry[capacity];
    size = 0;
    for (Entry entry : old) {
      if (entry != null && keep.test(entry)) {
        insert(fresh, entry);
        size++;
      }
    }
    table = fresh;
  }

  private static void insert(@Nullable Entry[] table, Entry entry) {
    int mask = table.length - 1;
    int i = (int) entry.hash & mask;
    while (table[i] != null) {
      i = (i + 1) & mask;
    }
    table[i] = entry;
  }
}
