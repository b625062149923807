package io.oriel.metrics.scrape;

import io.oriel.model.labels.Labels;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The series that a target's earlier scrapes brought, by the raw bytes that name them. Confined to
/// the target's loop.
///
/// A series is an index, in the order of arrival. Targets send their series in the same order each
/// time, so the one behind index `i` is most often `i + 1`: {@link #names} lets the caller compare
/// without a hash, and what is known of neighbours lies side by side in memory.
/*
 * Columns, and a hash table with open addressing of the indices plus one. Each series remembers the
 * scrape that saw it last, so "what is gone" needs no second set: it is whatever the previous scrape
 * saw and this one did not.
 */
final class ScrapeCache {
  static final int NONE = -1;

  private static final int FIRST_CAPACITY = 64;
  private static final int BYTES_PER_NAME = 64;
  private static final int DROPPED = 1;
  private static final int TRACKED = 2;
  private static final int WANTED = 4;

  private byte[] names = new byte[FIRST_CAPACITY * BYTES_PER_NAME];
  private int[] nameEnds = new int[FIRST_CAPACITY];
  private int[] hashes = new int[FIRST_CAPACITY];
  private long[] refs = new long[FIRST_CAPACITY];
  private int[] lastScrapes = new int[FIRST_CAPACITY];
  private byte[] flags = new byte[FIRST_CAPACITY];
  private @Nullable Labels[] labels = new Labels[FIRST_CAPACITY];
  private int[] table = new int[4 * FIRST_CAPACITY];
  private int size;

  int size() {
    return size;
  }

  /// The index of the series with this name, or {@link #NONE}.
  int find(long hash, byte[] bytes, int offset, int length) {
    int mask = table.length - 1;
    for (int slot = (int) hash & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      int i = table[slot] - 1;
      if (hashes[i] == (int) hash
          && Arrays.equals(names, nameStart(i), nameEnds[i], bytes, offset, offset + length)) {
        return i;
      }
    }
    return NONE;
  }

  /// Adds a series, which must not be there yet, as not seen in any scrape.
  ///
  /// @param stored what it is stored under; empty when relabelling drops it
  int add(long hash, byte[] bytes, int offset, int length, Labels stored) {
    if (size == refs.length) {
      grow();
    }
    int start = nameStart(size);
    if (names.length - start < length) {
      names = Arrays.copyOf(names, Math.max(start + length, names.length + (names.length >> 1)));
    }
    System.arraycopy(bytes, offset, names, start, length);
    int i = size++;
    nameEnds[i] = start + length;
    hashes[i] = (int) hash;
    refs[i] = 0;
    lastScrapes[i] = NONE;
    flags[i] = (byte) (stored.isEmpty() ? DROPPED : 0);
    labels[i] = stored;
    enter(i);
    return i;
  }

  private void grow() {
    int capacity = refs.length + (refs.length >> 1);
    nameEnds = Arrays.copyOf(nameEnds, capacity);
    hashes = Arrays.copyOf(hashes, capacity);
    refs = Arrays.copyOf(refs, capacity);
    lastScrapes = Arrays.copyOf(lastScrapes, capacity);
    flags = Arrays.copyOf(flags, capacity);
    labels = Arrays.copyOf(labels, capacity);
    if (2 * capacity > table.length) {
      table = new int[2 * table.length];
      enterAll();
    }
  }

  private void enterAll() {
    for (int i = 0; i < size; i++) {
      enter(i);
    }
  }

  private void enter(int i) {
    int mask = table.length - 1;
    int slot = hashes[i] & mask;
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    table[slot] = i + 1;
  }

  /// The names of all series, one after the other. The live array, replaced when it grows.
  byte[] names() {
    return names;
  }

  int nameStart(int i) {
    return i == 0 ? 0 : nameEnds[i - 1];
  }

  int nameEnd(int i) {
    return nameEnds[i];
  }

  /// The reference in storage.
  long ref(int i) {
    return refs[i];
  }

  /// The references of all series. The live array, replaced when it grows.
  long[] refs() {
    return refs;
  }

  void setRef(int i, long ref) {
    refs[i] = ref;
  }

  /// What it is stored under; empty when it is dropped.
  Labels labels(int i) {
    Labels stored = labels[i];
    return stored == null ? Labels.empty() : stored;
  }

  boolean isDropped(int i) {
    return (flags[i] & DROPPED) != 0;
  }

  /// The last scrape in which it was there.
  int lastScrape(int i) {
    return lastScrapes[i];
  }

  void setLastScrape(int i, int scrape) {
    lastScrapes[i] = scrape;
  }

  /// Whether its end is to be marked; says so only of scrapes that succeeded.
  boolean isTracked(int i) {
    return (flags[i] & TRACKED) != 0;
  }

  void untrack(int i) {
    flags[i] &= (byte) ~TRACKED;
  }

  /// Makes what {@link #setWanted} said the truth: the scrape succeeded.
  void track(int i) {
    boolean wanted = (flags[i] & WANTED) != 0;
    flags[i] = (byte) (wanted ? flags[i] | TRACKED : flags[i] & ~TRACKED);
  }

  /// Whether its end is to be marked if the present scrape succeeds.
  void setWanted(int i, boolean wanted) {
    flags[i] = (byte) (wanted ? flags[i] | WANTED : flags[i] & ~WANTED);
  }

  /// Forgets all others. The indices of those that stay change, their order does not.
  void keepOnly(IntPredicate kept) {
    int before = size;
    int nameStart = 0;
    size = 0;
    for (int i = 0; i < before; i++) {
      int end = nameEnds[i];
      if (kept.test(i)) {
        move(i, nameStart, end - nameStart);
      }
      nameStart = end;
    }
    Arrays.fill(labels, size, before, null);
    Arrays.fill(table, 0);
    enterAll();
  }

  private void move(int from, int nameFrom, int length) {
    int to = size++;
    int start = nameStart(to);
    System.arraycopy(names, nameFrom, names, start, length);
    nameEnds[to] = start + length;
    hashes[to] = hashes[from];
    refs[to] = refs[from];
    lastScrapes[to] = lastScrapes[from];
    flags[to] = flags[from];
    labels[to] = labels[from];
  }
}
