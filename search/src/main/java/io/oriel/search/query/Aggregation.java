package io.oriel.search.query;

import io.oriel.model.json.JsonWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to compute over the documents found. Immutable.
public sealed interface Aggregation {
  /// Which value a bucket or a metric looks at: a field, or a Painless script.
  record Source(String field, String script) {
    public static Source field(String name) {
      return new Source(name, "");
    }

    public static Source script(String painless) {
      return new Source("", painless);
    }
  }

  /// A bucket for each of the most frequent values.
  ///
  /// @param size how many buckets at most
  /// @param orderBy `_count`, `_key` or a metric below it
  record Terms(
      Source source,
      int size,
      long minDocCount,
      String orderBy,
      Sort.Order order,
      Map<String, Aggregation> inside)
      implements Aggregation {
    public Terms {
      inside = copy(inside);
    }

    public Terms orderedBy(String what, Sort.Order direction) {
      return new Terms(source, size, minDocCount, what, direction, inside);
    }

    public Terms with(String name, Aggregation aggregation) {
      return new Terms(source, size, minDocCount, orderBy, order, plus(inside, name, aggregation));
    }
  }

  /// A bucket for each interval of time.
  ///
  /// @param interval `30s`, `1d`: a fixed one; `month`, `quarter`, `year` and other single words: a
  ///   calendar one
  /// @param timeZone empty for UTC
  /// @param minDocCount 0 for empty buckets too; without bounds that is one for each interval
  ///   between the earliest and the latest document, and one document with a wrong year is enough
  ///   to take all of the engine's memory
  /// @param fromMillis first bucket, also when it is empty; what is before it is left out
  record DateHistogram(
      String field,
      String interval,
      String timeZone,
      long minDocCount,
      Optional<Long> fromMillis,
      Optional<Long> toMillis,
      Map<String, Aggregation> inside)
      implements Aggregation {
    public DateHistogram {
      inside = copy(inside);
    }

    /// The same with a bucket for each interval between two times, in milliseconds since 1970, and
    /// none outside.
    public DateHistogram between(long from, long to) {
      return new DateHistogram(
          field, interval, timeZone, 0, Optional.of(from), Optional.of(to), inside);
    }

    public DateHistogram with(String name, Aggregation aggregation) {
      return new DateHistogram(
          field,
          interval,
          timeZone,
          minDocCount,
          fromMillis,
          toMillis,
          plus(inside, name, aggregation));
    }
  }

  /// One number.
  record Metric(Kind kind, Source source) implements Aggregation {
    /// Which number.
    public enum Kind {
      MAX("max"),
      MIN("min"),
      SUM("sum"),
      AVG("avg"),
      VALUE_COUNT("value_count");

      private final String word;

      Kind(String word) {
        this.word = word;
      }

      String word() {
        return word;
      }
    }
  }

  /// About how many different values.
  record Cardinality(String field, int precisionThreshold) implements Aggregation {}

  record Percentiles(String field, List<Double> percents) implements Aggregation {
    public Percentiles {
      percents = List.copyOf(percents);
    }
  }

  /// The first documents of a bucket.
  record TopHits(int size, List<Sort> sorts, List<String> sourceFields) implements Aggregation {
    public TopHits {
      sorts = List.copyOf(sorts);
      sourceFields = List.copyOf(sourceFields);
    }
  }

  /// One bucket with what a query matches.
  record Filter(Query query, Map<String, Aggregation> inside) implements Aggregation {
    public Filter {
      inside = copy(inside);
    }

    public Filter with(String name, Aggregation aggregation) {
      return new Filter(query, plus(inside, name, aggregation));
    }
  }

  /// One bucket with the objects under a path.
  record Nested(String path, Map<String, Aggregation> inside) implements Aggregation {
    public Nested {
      inside = copy(inside);
    }

    public Nested with(String name, Aggregation aggregation) {
      return new Nested(path, plus(inside, name, aggregation));
    }
  }

  /// One bucket with the documents that the nested objects belong to, below {@link Nested}.
  record ReverseNested(Map<String, Aggregation> inside) implements Aggregation {
    public ReverseNested {
      inside = copy(inside);
    }

    public ReverseNested with(String name, Aggregation aggregation) {
      return new ReverseNested(plus(inside, name, aggregation));
    }
  }

  static Terms terms(String field, int size) {
    return new Terms(Source.field(field), size, 1, "_count", Sort.Order.DESC, Map.of());
  }

  /// A bucket for each value that a Painless script comes to.
  static Terms termsOf(String script, int size) {
    return new Terms(Source.script(script), size, 1, "_count", Sort.Order.DESC, Map.of());
  }

  static DateHistogram dateHistogram(String field, String interval) {
    return new DateHistogram(field, interval, "", 0, Optional.empty(), Optional.empty(), Map.of());
  }

  static Metric max(String field) {
    return new Metric(Metric.Kind.MAX, Source.field(field));
  }

  static Metric min(String field) {
    return new Metric(Metric.Kind.MIN, Source.field(field));
  }

  static Metric sum(String field) {
    return new Metric(Metric.Kind.SUM, Source.field(field));
  }

  static Metric avg(String field) {
    return new Metric(Metric.Kind.AVG, Source.field(field));
  }

  static Cardinality cardinality(String field) {
    return new Cardinality(field, 3000);
  }

  static Percentiles percentiles(String field, List<Double> percents) {
    return new Percentiles(field, percents);
  }

  static TopHits topHits(int size, List<Sort> sorts) {
    return new TopHits(size, sorts, List.of());
  }

  static Filter filter(Query query) {
    return new Filter(query, Map.of());
  }

  static Nested nested(String path) {
    return new Nested(path, Map.of());
  }

  static ReverseNested reverseNested() {
    return new ReverseNested(Map.of());
  }

  private static Map<String, Aggregation> copy(Map<String, Aggregation> inside) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(inside));
  }

  private static Map<String, Aggregation> plus(
      Map<String, Aggregation> inside, String name, Aggregation aggregation) {
    Map<String, Aggregation> more = new LinkedHashMap<>(inside);
    more.put(name, aggregation);
    return more;
  }

  /// Writes it as an object of the query DSL.
  default void writeTo(JsonWriter json) {
    AggregationDsl.write(this, json);
  }
}
