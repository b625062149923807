package io.oriel.search.query;

import io.oriel.model.json.JsonWriter;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Aggregations as JSON.
final class AggregationDsl {
  private static final Set<String> CALENDAR =
      Set.of("minute", "hour", "day", "week", "month", "quarter", "year");

  private static final Pattern FIXED = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
  private static final long DAY = 86_400_000;
  private static final Map<String, Long> UNITS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", DAY);

  private AggregationDsl() {}

  static void write(Aggregation aggregation, JsonWriter json) {
    json.beginObject();
    switch (aggregation) {
      case Aggregation.Terms terms -> terms(terms, json);
      case Aggregation.DateHistogram histogram -> histogram(histogram, json);
      case Aggregation.Metric metric -> {
        json.name(metric.kind().word()).beginObject();
        source(metric.source(), json);
        json.endObject();
      }
      case Aggregation.Cardinality cardinality ->
          json.name("cardinality")
              .beginObject()
              .name("field")
              .string(cardinality.field())
              .name("precision_threshold")
              .number(cardinality.precisionThreshold())
              .endObject();
      case Aggregation.Percentiles percentiles -> {
        json.name("percentiles").beginObject().name("field").string(percentiles.field());
        json.name("percents").beginArray();
        percentiles.percents().forEach(percent -> json.number(percent.doubleValue()));
        json.endArray().endObject();
      }
      case Aggregation.TopHits hits -> topHits(hits, json);
      case Aggregation.Filter filter -> {
        json.name("filter");
        filter.query().writeTo(json);
        inside(filter.inside(), json);
      }
      case Aggregation.Nested nested -> {
        json.name("nested").beginObject().name("path").string(nested.path()).endObject();
        inside(nested.inside(), json);
      }
      case Aggregation.ReverseNested reverse -> {
        json.name("reverse_nested").beginObject().endObject();
        inside(reverse.inside(), json);
      }
    }
    json.endObject();
  }

  private static void terms(Aggregation.Terms terms, JsonWriter json) {
    json.name("terms").beginObject();
    source(terms.source(), json);
    json.name("size").number(terms.size());
    if (terms.minDocCount() != 1) {
      json.name("min_doc_count").number(terms.minDocCount());
    }
    json.name("order").beginObject().name(terms.orderBy()).string(terms.order().word());
    json.endObject().endObject();
    inside(terms.inside(), json);
  }

  private static void histogram(Aggregation.DateHistogram histogram, JsonWriter json) {
    json.name("date_histogram").beginObject().name("field").string(histogram.field());
    boolean calendar = CALENDAR.contains(histogram.interval());
    json.name(calendar ? "calendar_interval" : "fixed_interval").string(histogram.interval());
    if (!histogram.timeZone().isEmpty()) {
      json.name("time_zone").string(histogram.timeZone());
    }
    json.name("min_doc_count").number(histogram.minDocCount());
    if (histogram.fromMillis().isPresent() && histogram.toMillis().isPresent()) {
      long from = histogram.fromMillis().get();
      long to = histogram.toMillis().get();
      bounds("extended_bounds", from, to, json);
      bounds("hard_bounds", from, to + longest(histogram.interval()), json);
    }
    json.endObject();
    inside(histogram.inside(), json);
  }

  /// The engine rounds the upper hard bound down and leaves out the bucket that begins there, so
  /// the caller of this adds an interval.
  private static void bounds(String kind, long min, long max, JsonWriter json) {
    json.name(kind).beginObject();
    json.name("min").number(min).name("max").number(max).endObject();
  }

  /// How many milliseconds an interval has at most.
  private static long longest(String interval) {
    Matcher fixed = FIXED.matcher(interval);
    if (fixed.matches()) {
      long count = Long.parseLong(fixed.group(1));
      return Math.multiplyExact(count, UNITS.getOrDefault(fixed.group(2), DAY));
    }
    return switch (interval) {
      case "minute" -> 60_000;
      case "hour" -> 3_600_000;
      case "day" -> 2 * DAY;
      case "week" -> 8 * DAY;
      case "month" -> 32 * DAY;
      case "quarter" -> 93 * DAY;
      default -> 367 * DAY;
    };
  }

  private static void topHits(Aggregation.TopHits hits, JsonWriter json) {
    json.name("top_hits").beginObject().name("size").number(hits.size());
    if (!hits.sorts().isEmpty()) {
      json.name("sort").beginArray();
      hits.sorts().forEach(sort -> sort.writeTo(json));
      json.endArray();
    }
    if (!hits.sourceFields().isEmpty()) {
      QueryDsl.strings(json, "_source", hits.sourceFields());
    }
    json.endObject();
  }

  private static void source(Aggregation.Source source, JsonWriter json) {
    if (source.script().isEmpty()) {
      json.name("field").string(source.field());
    } else {
      json.name("script").beginObject().name("lang").string("painless");
      json.name("source").string(source.script()).endObject();
    }
  }

  static void inside(Map<String, Aggregation> inside, JsonWriter json) {
    if (!inside.isEmpty()) {
      json.name("aggs").beginObject();
      inside.forEach(
          (name, aggregation) -> {
            json.name(name);
            write(aggregation, json);
          });
      json.endObject();
    }
  }
}
