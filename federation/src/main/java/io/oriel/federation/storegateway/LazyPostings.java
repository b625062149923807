package io.oriel.federation.storegateway;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Decides which matchers are cheaper to try on the series themselves than to fetch postings for;
/// Thanos' rule (pkg/store/lazy_postings.go upstream).
///
/// Groups are looked at from the shortest postings on. Each is taken to halve what is left, so
/// fetching it spares half of the series left; it is fetched only while its postings, 4 bytes each,
/// are fewer bytes than that, or while it does not have far more values than series are left.
final class LazyPostings {
  private static final double MATCH_RATIO = 0.5;
  private static final long MOST_KEYS_PER_SERIES = 100;

  private LazyPostings() {}

  private record Sized(MatcherGroup group, long size) {}

  /// The groups not to fetch; never all that ask for series.
  static List<MatcherGroup> leaveOut(List<MatcherGroup> groups, Reading reading) {
    List<Sized> sorted =
        groups.stream()
            .map(group -> new Sized(group, size(group, reading.header())))
            .sorted(Comparator.comparingLong(Sized::size))
            .toList();
    int first = 0;
    long excluded = 0;
    while (first < sorted.size() && sorted.get(first).group().excludes()) {
      excluded += sorted.get(first).size();
      first++;
    }
    if (first >= sorted.size() - 1) {
      return List.of();
    }
    long matched = sorted.get(first).size() - half(excluded);
    return leaveOut(sorted.subList(first + 1, sorted.size()), matched, reading);
  }

  /// @param most series that what is fetched anyway leaves
  private static List<MatcherGroup> leaveOut(List<Sized> others, long most, Reading reading) {
    List<MatcherGroup> left = new ArrayList<>();
    long matched = most;
    boolean stopped = false;
    for (Sized one : others) {
      String reason = "postings_size";
      boolean leaves = stopped || matched <= 0;
      if (!leaves && one.group().keys().size() > MOST_KEYS_PER_SERIES * most) {
        reason = "keys_limit";
        leaves = true;
      } else if (!leaves) {
        boolean excludes = one.group().excludes();
        long spared = half(excludes ? Math.min(one.size(), matched) : matched);
        matched = excludes ? matched - spared : half(matched);
        stopped = 4 * one.size() > spared * reading.block().seriesBytes();
        leaves = stopped;
      }
      if (leaves) {
        left.add(one.group());
        reading.metrics().index.lazyGroups.labelValues(reason).inc();
        reading.metrics().index.lazyBytes.inc(4.0 * one.size());
      }
    }
    reading.metrics().index.lazyPostings.inc(left.isEmpty() ? 0 : 1);
    return left;
  }

  private static long half(long count) {
    return (long) Math.ceil(count * MATCH_RATIO);
  }

  private static long size(MatcherGroup group, IndexHeader header) {
    long size = 0;
    for (String key : group.keys()) {
      size += header.postings(group.name(), key).map(range -> range.length() / 4 - 2).orElse(0L);
    }
    return size;
  }
}
