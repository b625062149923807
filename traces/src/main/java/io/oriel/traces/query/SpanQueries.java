package io.oriel.traces.query;

import io.oriel.model.trace.TraceId;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.traces.index.TagFields;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Questions about span documents in the engine's words.
final class SpanQueries {
  static final String TRACE_ID = "traceID";
  static final String SPAN_ID = "spanID";
  static final String SERVICE = "process.serviceName";
  static final String OPERATION = "operationName";
  static final String START = "startTime";
  static final String START_MILLIS = "startTimeMillis";
  static final String DURATION = "duration";
  static final String SPAN_KIND = "span.kind";

  private static final String SCOPE_TAGS = "scopeTags";
  private static final List<String> FIELDS = List.of("tag", "process.tag", "scopeTag");
  private static final List<String> NESTED =
      List.of("tags", "process.tags", SCOPE_TAGS, "logs.fields");

  private final TagFields fields;
  private final FilterQueries filters;

  /// @param fields how tags are written as fields
  SpanQueries(TagFields fields) {
    this.fields = fields;
    this.filters = new FilterQueries(new FilterPlaces(fields));
  }

  /// Spans that make their trace a result.
  Query matching(TraceQuery wanted) {
    List<Query> all = new ArrayList<>();
    TraceQuery.Took took = wanted.took();
    if (took.minMicros() > 0 || took.maxMicros() > 0) {
      Query.Range range = Query.range(DURATION).atLeast(Scalar.of(took.minMicros()));
      all.add(took.maxMicros() > 0 ? range.atMost(Scalar.of(took.maxMicros())) : range);
    }
    if (wanted.started().isBounded()) {
      all.addAll(during(wanted.started()));
    }
    if (!wanted.service().isEmpty()) {
      all.add(Query.term(SERVICE, wanted.service()));
    }
    if (!wanted.operation().isEmpty()) {
      all.add(Query.term(OPERATION, wanted.operation()));
    }
    for (Map.Entry<String, String> tag : wanted.tags().entrySet()) {
      all.add(tag(tag.getKey(), tag.getValue()));
    }
    wanted.filter().ifPresent(filter -> all.add(filters.of(filter)));
    return all.isEmpty() ? Query.all() : Query.allOf(all);
  }

  /// Milliseconds let the engine pass over indices, microseconds are exact.
  static List<Query> during(TimeWindow window) {
    return List.of(
        Query.range(START_MILLIS)
            .atLeast(Scalar.of(window.fromMillis()))
            .atMost(Scalar.of(window.toMillis()))
            .withFormat("epoch_millis"),
        Query.range(START)
            .atLeast(Scalar.of(window.fromMicros()))
            .atMost(Scalar.of(window.toMicros())));
  }

  /// A tag wherever it may be: of the span, its process, its instrumentation, its events.
  private Query tag(String key, String pattern) {
    List<Query> places = new ArrayList<>();
    for (String object : FIELDS) {
      places.add(Query.regexp(field(object, key), pattern));
    }
    for (String path : NESTED) {
      places.add(nested(path, key, Query.regexp(path + ".value", pattern)));
    }
    return Query.anyOf(places);
  }

  /// A tag of the span itself with one of some exact values.
  Query spanTag(String key, List<String> values) {
    return Query.anyOf(
        List.of(
            Query.terms(field("tag", key), values),
            nested("tags", key, Query.terms("tags.value", values))));
  }

  private static Query nested(String path, String key, Query value) {
    return Query.nested(path, Query.allOf(List.of(Query.term(path + ".key", key), value)));
  }

  private String field(String object, String key) {
    return object + "." + fields.field(key);
  }

  /// Spans of a trace, also as older Jaegers wrote its id.
  static Query ofTrace(TraceId id, TimeWindow window) {
    Set<String> spellings = new LinkedHashSet<>();
    spellings.add(id.hex());
    if (id.high() == 0) {
      spellings.add(io.oriel.model.trace.Span.hex(id.low()));
      spellings.add(Long.toHexString(id.low()));
    }
    List<Query> all = new ArrayList<>();
    all.add(
        spellings.size() == 1
            ? Query.term(TRACE_ID, id.hex())
            : Query.terms(TRACE_ID, List.copyOf(spellings)));
    if (window.isBounded()) {
      all.addAll(during(window));
    }
    return Query.allOf(all);
  }
}
