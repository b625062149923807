package io.oriel.federation.storegateway;

import io.oriel.model.error.CorruptionException;
import io.oriel.model.matcher.Matcher;
import io.oriel.tsdb.index.Postings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Finds the series of a block that satisfy matchers. For one thread.
final class PostingsFetch {
  private final Reading reading;
  private final Map<Key, int[]> lists = new HashMap<>();

  private record Key(String name, String value) {}

  private record Wanted(Key key, ByteRange range) {}

  /// What was found.
  static final class Selected {
    static final Selected NONE = new Selected(new int[0], List.of());
    private final int[] references;
    private final List<Matcher> untried;

    private Selected(int[] references, List<Matcher> untried) {
      this.references = references;
      this.untried = untried;
    }

    /// Ascending; not to be changed.
    int[] references() {
      return references;
    }

    /// Matchers that the series have still to be tried with.
    List<Matcher> untried() {
      return untried;
    }
  }

  PostingsFetch(Reading reading) {
    this.reading = reading;
  }

  /// The series that satisfy all {@code matchers}; all of them when there are none.
  Selected select(List<Matcher> matchers) {
    String text =
        matchers.stream().map(Matcher::toString).sorted().collect(Collectors.joining(","));
    int[] known = reading.cache().expanded(reading.block().ulid(), text);
    if (known != null) {
      return new Selected(known, List.of());
    }
    List<MatcherGroup> groups = new ArrayList<>();
    for (Matcher matcher : matchers) {
      MatcherGroup group = MatcherGroup.of(matcher, reading.header());
      if (!group.excludes() && group.keys().isEmpty()) {
        reading.metrics().index.emptyPostings.inc();
        return Selected.NONE;
      }
      if (!group.keys().isEmpty()) {
        groups.add(group);
      }
    }
    Selected selected = fetch(groups);
    if (selected.untried().isEmpty()) {
      reading.cache().putExpanded(reading.block().ulid(), text, selected.references());
    }
    if (selected.references().length == 0) {
      reading.metrics().index.emptyPostings.inc();
    }
    return selected;
  }

  private Selected fetch(List<MatcherGroup> groups) {
    List<MatcherGroup> left = reading.lazy() ? LazyPostings.leaveOut(groups, reading) : List.of();
    List<MatcherGroup> fetched = groups.stream().filter(group -> !left.contains(group)).toList();
    List<Key> keys = new ArrayList<>();
    fetched.forEach(group -> group.keys().forEach(value -> keys.add(new Key(group.name(), value))));
    boolean all = fetched.stream().allMatch(MatcherGroup::excludes);
    if (all) {
      keys.add(new Key("", ""));
    }
    fetchLists(keys);
    return new Selected(
        combine(fetched, all), left.stream().map(MatcherGroup::matcher).distinct().toList());
  }

  private int[] combine(List<MatcherGroup> groups, boolean all) {
    List<int[]> required = new ArrayList<>();
    List<int[]> excluded = new ArrayList<>();
    if (all) {
      required.add(list(new Key("", "")));
    }
    for (MatcherGroup group : groups) {
      int[] union =
          Postings.union(
              group.keys().stream().map(value -> list(new Key(group.name(), value))).toList());
      (group.excludes() ? excluded : required).add(union);
    }
    required.sort(Comparator.comparingInt(list -> list.length));
    int[] chosen = required.getFirst();
    for (int i = 1; i < required.size() && chosen.length > 0; i++) {
      chosen = Postings.intersect(chosen, required.get(i));
    }
    for (int[] gone : excluded) {
      chosen = chosen.length == 0 || gone.length == 0 ? chosen : Postings.without(chosen, gone);
    }
    return chosen;
  }

  private int[] list(Key key) {
    return lists.getOrDefault(key, new int[0]);
  }

  private void fetchLists(List<Key> keys) {
    List<Wanted> missing = new ArrayList<>();
    for (Key key : keys) {
      int[] known = reading.cache().postings(reading.block().ulid(), key.name(), key.value());
      if (known != null) {
        lists.put(key, known);
      } else if (!lists.containsKey(key)) {
        reading
            .header()
            .postings(key.name(), key.value())
            .ifPresent(range -> missing.add(new Wanted(key, range)));
      }
    }
    reading.metrics().dataTouched.labelValues("postings").observe(keys.size());
    if (missing.isEmpty()) {
      return;
    }
    missing.sort(Comparator.comparingLong(wanted -> wanted.range().start()));
    List<ByteRange.Part> parts =
        ByteRange.partition(
            missing.stream().map(Wanted::range).toList(), Reading.MOST_GAP, Reading.MOST_PART);
    reading.eachPart(
        reading.block().indexObject(),
        parts,
        (part, bytes) -> {
          for (Wanted wanted : missing.subList(part.from(), part.to())) {
            take(wanted, part, bytes);
          }
        });
    long size = parts.stream().mapToLong(ByteRange.Part::length).sum();
    reading.metrics().dataFetched.labelValues("postings").observe(missing.size());
    reading.metrics().bytesFetched.labelValues("postings").observe((double) size);
  }

  private void take(Wanted wanted, ByteRange.Part part, byte[] bytes) {
    long at = wanted.range().start();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int offset = (int) Math.min(at - part.start(), bytes.length);
    in.position(offset);
    if (in.remaining() < 8) {
      throw corrupt(at, "the index ends within a postings list");
    }
    long length = in.getInt() & 0xFFFFFFFFL;
    int count = in.getInt();
    if (length != 4 + 4L * (count & 0xFFFFFFFFL)) {
      throw corrupt(at, "postings: got " + length + " bytes for " + count + " references");
    }
    if (length - 4 > in.remaining()) {
      byte[] whole = refetch(at, length);
      in = ByteBuffer.wrap(whole).position(8);
    }
    int[] references = new int[count];
    in.asIntBuffer().get(references);
    for (int i = 1; i < count; i++) {
      if (Integer.compareUnsigned(references[i - 1], references[i]) >= 0) {
        throw corrupt(at, "postings are not ascending");
      }
    }
    Key key = wanted.key();
    lists.put(key, references);
    reading.cache().putPostings(reading.block().ulid(), key.name(), key.value(), references);
  }

  private byte[] refetch(long at, long length) {
    int whole = RemoteBlock.believable(reading.block().indexObject(), at, length + 4);
    if (at + whole > reading.header().postingsEnd()) {
      throw corrupt(at, "a postings list goes on behind the end of all");
    }
    byte[] bytes = reading.block().read(reading.block().indexObject(), at, whole, reading.budget());
    if (bytes.length < whole) {
      throw corrupt(at, "postings: got " + bytes.length + " bytes, want " + whole);
    }
    return bytes;
  }

  private CorruptionException corrupt(long at, String problem) {
    return new CorruptionException(reading.block().indexObject(), at, problem);
  }
}
