package io.oriel.federation.frontend;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Answers that cannot change any more, as stretches of time. Thread-safe, bounded in bytes.
///
/// A key's stretches never overlap and are all on one grid of steps.
final class ResultsCache {
  private static final int KEY_BYTES = 256;

  /// What is known from {@code start} to {@code end}, both inclusive and steps of the grid.
  record Extent(long start, long end, RangeAnswer answer) {}

  private record Extents(List<Extent> all, long weight) {}

  private final Cache<String, Extents> cache;
  private final FrontendMetrics metrics;

  ResultsCache(CacheConfig config, FrontendMetrics metrics) {
    this.metrics = metrics;
    Caffeine<String, Extents> builder =
        Caffeine.newBuilder()
            .maximumWeight(config.maxBytes())
            .executor(Runnable::run)
            .evictionListener((_, _, _) -> metrics.evicted())
            .weigher(ResultsCache::weigh);
    this.cache =
        config.validity().isZero()
            ? builder.build()
            : builder.expireAfterWrite(config.validity()).build();
  }

  private static int weigh(String key, Extents extents) {
    return (int) Math.min(Integer.MAX_VALUE, KEY_BYTES + 2L * key.length() + extents.weight());
  }

  /// What is known between two steps, cut to them, in time order.
  List<Extent> get(String key, long start, long end) {
    Extents found = cache.getIfPresent(key);
    List<Extent> parts = new ArrayList<>();
    if (found != null) {
      for (Extent extent : found.all()) {
        long from = Math.max(start, extent.start());
        long to = Math.min(end, extent.end());
        if (from <= to) {
          parts.add(new Extent(from, to, extent.answer().between(from, to)));
        }
      }
    }
    metrics.asked(!parts.isEmpty());
    return parts;
  }

  /// Remembers {@code fresh}; what was known before of the same time stays.
  void put(String key, long step, List<Extent> fresh) {
    cache
        .asMap()
        .compute(key, (_, known) -> united(known == null ? List.of() : known.all(), fresh, step));
  }

  private static Extents united(List<Extent> known, List<Extent> fresh, long step) {
    List<Extent> sorted = new ArrayList<>(known);
    sorted.addAll(fresh);
    sorted.sort(Comparator.comparingLong(Extent::start));
    List<Extent> united = new ArrayList<>();
    for (Extent next : sorted) {
      Extent last = united.isEmpty() ? null : united.getLast();
      if (last == null || next.start() > last.end() + step) {
        united.add(next);
      } else if (next.end() > last.end()) {
        RangeAnswer rest = next.answer().between(last.end() + 1, next.end());
        united.set(
            united.size() - 1,
            new Extent(last.start(), next.end(), RangeAnswer.joined(List.of(last.answer(), rest))));
      }
    }
    return new Extents(
        List.copyOf(united), united.stream().mapToLong(one -> one.answer().weight()).sum());
  }
}
