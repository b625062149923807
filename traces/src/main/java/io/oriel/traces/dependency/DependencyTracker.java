package io.oriel.traces.dependency;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.TraceId;
import io.oriel.traces.spanmetrics.AdjustedCount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Counts calls between services from spans, in whatever order they come. Thread-safe.
///
/// A span with a parent is a call from the parent's service to its own, the same service included;
/// so is a link. Client and server that share an id, as Zipkin's do, are one call. A client or
/// producer span that names a `peer.service` without a child here is a call to it, told when the
/// span is forgotten. Each counts as many times as its sampling says.
///
/// It remembers a bounded number of spans, for a bounded time; the oldest go first. Identity:
/// references seen = counted
/// + unmatched + waiting.
public final class DependencyTracker {
  private static final String PEER = "peer.service";

  private record Key(TraceId trace, long span) {}

  private record Link(String parent, String child) {}

  /** A child that came before its parent. */
  private record Waiting(String service, double weight) {}

  private static final class Known {
    private final long age;
    private String service = "";
    private String peer = "";
    private double weight;
    private boolean client;
    private boolean called;
    private List<Waiting> waiting = List.of();

    Known(long age) {
      this.age = age;
    }
  }

  private final int capacity;

  @GuardedBy("this")
  private final LinkedHashMap<Key, Known> known = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Map<Link, Double> counts = new HashMap<>();

  @GuardedBy("this")
  private long unmatched;

  @GuardedBy("this")
  private long age;

  /// @param capacity most spans remembered; about 200 bytes each
  public DependencyTracker(int capacity) {
    this.capacity = capacity;
  }

  /// Takes a span, once.
  public synchronized void add(Span span) {
    String service = span.service();
    double weight = AdjustedCount.of(span);
    boolean server = span.kind() == SpanKind.SERVER || span.kind() == SpanKind.CONSUMER;
    Key own = new Key(span.traceId(), span.spanId());
    Known there = known.get(own);
    if (server && there != null && there.client) {
      there.called = true;
      count(there.service, service, weight);
    } else {
      remember(own, span, service, weight);
      if (!span.isRoot()) {
        reference(new Key(span.traceId(), span.parentSpanId()), new Waiting(service, weight));
      }
    }
    for (SpanLink link : span.links()) {
      boolean isParent =
          link.spanId() == span.parentSpanId() && link.traceId().equals(span.traceId());
      if (!isParent) {
        reference(new Key(link.traceId(), link.spanId()), new Waiting(service, weight));
      }
    }
    while (known.size() > capacity) {
      forget(known.pollFirstEntry().getValue());
    }
  }

  @GuardedBy("this")
  private void remember(Key key, Span span, String service, double weight) {
    Known entry = known.computeIfAbsent(key, _ -> new Known(age));
    entry.service = service;
    entry.weight = weight;
    entry.client = span.kind() == SpanKind.CLIENT || span.kind() == SpanKind.PRODUCER;
    entry.peer = entry.client ? span.attributes().text(PEER) : "";
    for (Waiting child : entry.waiting) {
      entry.called = true;
      count(service, child.service, child.weight);
    }
    entry.waiting = List.of();
  }

  @GuardedBy("this")
  private void reference(Key parent, Waiting child) {
    Known entry = known.computeIfAbsent(parent, _ -> new Known(age));
    if (!entry.service.isEmpty()) {
      entry.called = true;
      count(entry.service, child.service, child.weight);
    } else {
      List<Waiting> more = new ArrayList<>(entry.waiting);
      more.add(child);
      entry.waiting = more;
    }
  }

  @GuardedBy("this")
  private void forget(Known entry) {
    unmatched += entry.waiting.size();
    if (!entry.called && !entry.peer.isEmpty() && !entry.service.isEmpty()) {
      count(entry.service, entry.peer, entry.weight);
    }
  }

  @GuardedBy("this")
  private void count(String parent, String child, double weight) {
    counts.merge(new Link(parent, child), weight, Double::sum);
  }

  /// What was counted since the last time, by name; parts of calls stay for the next time.
  public synchronized List<DependencyLink> drain() {
    Map<Link, Double> rest = new HashMap<>();
    List<DependencyLink> links = new ArrayList<>();
    counts.forEach(
        (link, count) -> {
          long whole = (long) Math.floor(count + 1e-9);
          if (whole > 0) {
            links.add(new DependencyLink(link.parent, link.child, whole));
          }
          if (count - whole > 1e-9) {
            rest.put(link, count - whole);
          }
        });
    counts.clear();
    counts.putAll(rest);
    links.sort(null);
    return links;
  }

  /// Lets spans go that came before the last {@code kept} calls of this: called about once a minute
  /// it bounds how late a parent may come, and so how late calls to peers without a span are told.
  public synchronized void grow(int kept) {
    age++;
    while (!known.isEmpty() && known.firstEntry().getValue().age <= age - kept) {
      forget(known.pollFirstEntry().getValue());
    }
  }

  /// Lets all spans go, as at the end: calls to named peers are counted.
  public synchronized void forgetAll() {
    known.values().forEach(this::forget);
    known.clear();
  }

  /// References whose other end did not come while they were remembered.
  public synchronized long unmatched() {
    return unmatched;
  }

  /// Spans remembered now, those that others refer to included.
  public synchronized int remembered() {
    return known.size();
  }
}
