package io.oriel.tsdb.index;

import java.util.Arrays;

/// A growing list of ints. Not thread-safe.
final class IntList {
  private int[] items = new int[4];
  private int size;

  void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size + (size >> 1) + 4);
    }
    items[size++] = item;
  }

  int get(int i) {
    return items[i];
  }

  int size() {
    return size;
  }
}
