package io.oriel.traces.query;

import io.oriel.model.error.OrielException;
import io.oriel.wire.jaegerquery.FilterTerm;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Which traces: those with one span to which all of it applies.
///
/// @param service empty for any
/// @param operation empty for any
/// @param tags names with values, which are regular expressions over the whole value
/// @param started when the span started
/// @param took how long it took
/// @param limit most traces; the newest ones are taken
/// @param filter a structured one, which stands in for service, operation, tags and duration
public record TraceQuery(
    String service,
    String operation,
    Map<String, String> tags,
    TimeWindow started,
    Took took,
    int limit,
    Optional<FilterTerm.Call> filter) {
  /** Most traces of one search. */
  public static final int MAX_LIMIT = 10_000;

  private static final int MAX_TAGS = 100;

  /// Bounds of a duration, both in it.
  ///
  /// @param minMicros 0 for none
  /// @param maxMicros 0 for none
  public record Took(long minMicros, long maxMicros) {
    /// No restriction.
    public static final Took ANY = new Took(0, 0);

    public Took {
      if (minMicros < 0 || maxMicros < 0) {
        throw OrielException.invalid("duration: got a negative one, want 0 or more");
      }
      if (maxMicros > 0 && minMicros > maxMicros) {
        throw OrielException.invalid(
            "duration: got a maximum of "
                + maxMicros
                + " µs, want at least the minimum, which is "
                + minMicros
                + " µs");
      }
    }
  }

  public TraceQuery {
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    if (tags.size() > MAX_TAGS) {
      throw OrielException.invalid("tags: got " + tags.size() + ", want at most " + MAX_TAGS);
    }
    if (limit < 1 || limit > MAX_LIMIT) {
      throw OrielException.invalid("limit: got " + limit + ", want 1 to " + MAX_LIMIT);
    }
    boolean plain =
        !service.isEmpty() || !operation.isEmpty() || !tags.isEmpty() || !took.equals(Took.ANY);
    if (filter.isPresent() && plain) {
      throw OrielException.invalid(
          "filter: got a service, operation, duration or attributes beside it; say them in it");
    }
  }

  /// Without a structured filter.
  public TraceQuery(
      String service,
      String operation,
      Map<String, String> tags,
      TimeWindow started,
      Took took,
      int limit) {
    this(service, operation, tags, started, took, limit, Optional.empty());
  }

  /// All traces of a stretch of time, up to {@code limit}.
  public static TraceQuery during(TimeWindow started, int limit) {
    return new TraceQuery("", "", Map.of(), started, Took.ANY, limit);
  }

  /// The same with a structured filter.
  public TraceQuery filtered(FilterTerm.Call wanted) {
    return new TraceQuery(service, operation, tags, started, took, limit, Optional.of(wanted));
  }

  /// The same of one service.
  public TraceQuery of(String name) {
    return new TraceQuery(name, operation, tags, started, took, limit, filter);
  }

  /// The same with one operation.
  public TraceQuery with(String name) {
    return new TraceQuery(service, name, tags, started, took, limit, filter);
  }

  /// The same with tags.
  public TraceQuery tagged(Map<String, String> names) {
    return new TraceQuery(service, operation, names, started, took, limit, filter);
  }

  /// The same with a restricted duration.
  public TraceQuery taking(Took duration) {
    return new TraceQuery(service, operation, tags, started, duration, limit, filter);
  }
}
