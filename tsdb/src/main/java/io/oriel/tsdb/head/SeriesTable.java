package io.oriel.tsdb.head;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.labels.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All series of the head, by reference and by labels. Thread-safe.
///
/// By reference: pages of an array, read without a lock. By labels: one open-addressing table per
/// shard, four bytes per slot.
final class SeriesTable {
  private static final int SHARDS = 16;
  private static final int PAGE_BITS = 12;
  private static final int PAGE = 1 << PAGE_BITS;

  /** Replaced when it grows; pages are shared with older versions of the array. */
  private volatile @Nullable Page[] pages = new Page[16];

  private static final class Page {
    private final @Nullable HeadSeries[] entries = new HeadSeries[PAGE];
  }

  private final Shard[] shards = new Shard[SHARDS];

  SeriesTable() {
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard();
    }
  }

  private static final class Shard {
    @GuardedBy("this")
    private @Nullable HeadSeries[] slots = new HeadSeries[64];

    @GuardedBy("this")
    private int size;

    synchronized @Nullable HeadSeries find(Labels labels) {
      int mask = slots.length - 1;
      for (int i = spread(labels.hash()) & mask; ; i = (i + 1) & mask) {
        HeadSeries found = slots[i];
        if (found == null || found.labels.equals(labels)) {
          return found;
        }
      }
    }

    synchronized void add(HeadSeries series) {
      if (2 * (size + 1) > slots.length) {
        @Nullable HeadSeries[] old = slots;
        slots = new HeadSeries[2 * old.length];
        for (HeadSeries known : old) {
          if (known != null) {
            put(known);
          }
        }
      }
      put(series);
      size++;
    }

    @GuardedBy("this")
    private void put(HeadSeries series) {
      int mask = slots.length - 1;
      int i = spread(series.labels.hash()) & mask;
      while (slots[i] != null) {
        i = (i + 1) & mask;
      }
      slots[i] = series;
    }

    synchronized void removeIf(Predicate<HeadSeries> gone, Consumer<HeadSeries> removed) {
      @Nullable HeadSeries[] old = slots;
      List<HeadSeries> kept = new ArrayList<>(size);
      for (HeadSeries series : old) {
        if (series != null) {
          if (gone.test(series)) {
            removed.accept(series);
          } else {
            kept.add(series);
          }
        }
      }
      int capacity = Math.max(64, Integer.highestOneBit(Math.max(1, 2 * kept.size())) << 1);
      slots = new HeadSeries[capacity];
      size = kept.size();
      kept.forEach(this::put);
    }

    private static int spread(long hash) {
      return (int) (hash >>> 8);
    }
  }

  private Shard shard(Labels labels) {
    return shards[(int) labels.hash() & (SHARDS - 1)];
  }

  @Nullable HeadSeries find(Labels labels) {
    return shard(labels).find(labels);
  }

  @Nullable HeadSeries get(long ref) {
    @Nullable Page[] now = pages;
    long page = ref >>> PAGE_BITS;
    if (ref <= 0 || page >= now.length) {
      return null;
    }
    Page found = now[(int) page];
    return found == null ? null : found.entries[(int) ref & (PAGE - 1)];
  }

  /// Adds a series; callers do so one at a time.
  void add(HeadSeries series) {
    int page = series.ref >>> PAGE_BITS;
    @Nullable Page[] now = pages;
    if (page >= now.length) {
      now = Arrays.copyOf(now, Math.max(page + 1, 2 * now.length));
    }
    Page found = now[page];
    if (found == null) {
      found = new Page();
      now[page] = found;
    }
    found.entries[series.ref & (PAGE - 1)] = series;
    pages = now;
    shard(series.labels).add(series);
  }

  /// Removes series; callers do so one at a time and never beside {@link #add}.
  void removeIf(Predicate<HeadSeries> gone, Consumer<HeadSeries> removed) {
    for (Shard shard : shards) {
      shard.removeIf(
          gone,
          series -> {
            Page found = pages[series.ref >>> PAGE_BITS];
            if (found != null) {
              found.entries[series.ref & (PAGE - 1)] = null;
            }
            removed.accept(series);
          });
    }
  }

  void forEach(Consumer<HeadSeries> visitor) {
    for (Page page : pages) {
      if (page != null) {
        for (HeadSeries series : page.entries) {
          if (series != null) {
            visitor.accept(series);
          }
        }
      }
    }
  }
}
