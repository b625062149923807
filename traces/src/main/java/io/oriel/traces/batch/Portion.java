package io.oriel.traces.batch;

import io.oriel.search.client.BulkBody;
import io.oriel.traces.index.SpanItems;
import java.util.ArrayList;
import java.util.List;

/// Items that are sent together, as runs of those that lie one after another. Immutable.
final class Portion {
  private final List<Run> runs;
  private final int count;

  /// Items {@code from} up to {@code to}, exclusive.
  private record Run(SpanItems items, int from, int to) {
    long bytes() {
      return (long) items.start(to) - items.start(from);
    }
  }

  private Portion(List<Run> runs) {
    this.runs = List.copyOf(runs);
    this.count = runs.stream().mapToInt(run -> run.to - run.from).sum();
  }

  /// All items of {@code all}, in their order.
  static Portion of(List<SpanItems> all) {
    return new Portion(all.stream().map(items -> new Run(items, 0, items.count())).toList());
  }

  /// Collects items one by one. Not thread-safe.
  static final class Builder {
    private final List<Run> runs = new ArrayList<>();

    void add(SpanItems items, int i) {
      Run last = runs.isEmpty() ? null : runs.getLast();
      if (last != null && last.items == items && last.to == i) {
        runs.set(runs.size() - 1, new Run(items, last.from, i + 1));
      } else {
        runs.add(new Run(items, i, i + 1));
      }
    }

    Portion build() {
      return new Portion(runs);
    }
  }

  /// Is shown items.
  interface Visitor {
    void see(SpanItems items, int i);
  }

  void forEach(Visitor visitor) {
    for (Run run : runs) {
      for (int i = run.from; i < run.to; i++) {
        visitor.see(run.items, i);
      }
    }
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// How many of the items are spans.
  int spans() {
    int spans = 0;
    for (Run run : runs) {
      if (run.to - run.from == run.items.count()) {
        spans += run.items.spans();
        continue;
      }
      for (int i = run.from; i < run.to; i++) {
        spans += run.items.isSpan(i) ? 1 : 0;
      }
    }
    return spans;
  }

  /// How many items from the first on have at most {@code maxBytes} together; at least one.
  int fitting(long maxBytes) {
    long room = maxBytes;
    int fitting = 0;
    for (Run run : runs) {
      if (run.bytes() <= room) {
        room -= run.bytes();
        fitting += run.to - run.from;
        continue;
      }
      int end = run.from;
      while ((long) run.items.start(end + 1) - run.items.start(run.from) <= room) {
        end++;
      }
      fitting += end - run.from;
      break;
    }
    return Math.max(1, fitting);
  }

  /// Items {@code from} up to {@code to}, exclusive, counted from 0.
  Portion part(int from, int to) {
    List<Run> some = new ArrayList<>();
    int before = 0;
    for (Run run : runs) {
      int length = run.to - run.from;
      int begin = Math.max(0, from - before);
      int end = Math.min(length, to - before);
      if (begin < end) {
        some.add(new Run(run.items, run.from + begin, run.from + end));
      }
      before += length;
    }
    return new Portion(some);
  }

  /// The request that sends them.
  BulkBody body() {
    BulkBody body = new BulkBody(Integer.MAX_VALUE);
    for (Run run : runs) {
      body.addLines(
          run.items.bytes(), run.items.start(run.from), run.items.start(run.to), run.to - run.from);
    }
    return body;
  }
}
