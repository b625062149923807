package io.oriel.search.query;

import io.oriel.model.json.JsonWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A whole question to the engine. Immutable; the `with…` methods copy.
public final class SearchRequest {
  /// As many as there are: counts every match.
  public static final int COUNT_ALL = Integer.MAX_VALUE;

  private final Parts parts;

  private static final class Parts {
    private List<String> targets = List.of();
    private Query query = Query.all();
    private int size = 10;
    private int from;
    private List<Sort> sorts = List.of();
    private List<Scalar> after = List.of();
    private Map<String, Aggregation> aggregations = Map.of();
    private Optional<List<String>> sourceFields = Optional.empty();
    private List<String> fields = List.of();
    private List<String> docValues = List.of();
    private List<String> highlighted = List.of();
    private int countUpTo = 10_000;
    private Optional<Duration> timeout = Optional.empty();
    private int terminateAfter;
    private String pointInTime = "";
    private Duration keepAlive = Duration.ofMinutes(1);
    private String routing = "";

    private Parts copy() {
      Parts copy = new Parts();
      copy.targets = targets;
      copy.query = query;
      copy.size = size;
      copy.from = from;
      copy.sorts = sorts;
      copy.after = after;
      copy.aggregations = aggregations;
      copy.sourceFields = sourceFields;
      copy.fields = fields;
      copy.docValues = docValues;
      copy.highlighted = highlighted;
      copy.countUpTo = countUpTo;
      copy.timeout = timeout;
      copy.terminateAfter = terminateAfter;
      copy.pointInTime = pointInTime;
      copy.keepAlive = keepAlive;
      copy.routing = routing;
      return copy;
    }
  }

  private interface Change {
    void on(Parts parts);
  }

  private SearchRequest(Parts parts) {
    this.parts = parts;
  }

  /// The first ten documents of {@code targets}: indices, aliases, data streams or patterns.
  /// Targets that are not there are passed over.
  public static SearchRequest of(List<String> targets) {
    Parts parts = new Parts();
    parts.targets = List.copyOf(targets);
    return new SearchRequest(parts);
  }

  /// As the other `of`, with one target.
  public static SearchRequest of(String target) {
    return of(List.of(target));
  }

  private SearchRequest with(Change change) {
    Parts copy = parts.copy();
    change.on(copy);
    return new SearchRequest(copy);
  }

  public SearchRequest withQuery(Query query) {
    return with(now -> now.query = query);
  }

  /// How many documents to bring; 0 for none.
  public SearchRequest withSize(int size) {
    return with(now -> now.size = size);
  }

  /// How many to pass over; for deep paging use {@link #after}.
  public SearchRequest withFrom(int from) {
    return with(now -> now.from = from);
  }

  public SearchRequest withSorts(List<Sort> sorts) {
    return with(now -> now.sorts = List.copyOf(sorts));
  }

  /// Goes on behind the document with these sort keys, as many as there are sorts.
  public SearchRequest after(List<Scalar> keys) {
    return with(now -> now.after = List.copyOf(keys));
  }

  public SearchRequest withAggregation(String name, Aggregation aggregation) {
    Map<String, Aggregation> more = new LinkedHashMap<>(parts.aggregations);
    more.put(name, aggregation);
    return with(now -> now.aggregations = more);
  }

  /// Brings only these fields of documents; none for no document at all.
  public SearchRequest withSource(List<String> only) {
    return with(now -> now.sourceFields = Optional.of(List.copyOf(only)));
  }

  /// Brings values of fields as the index has them, besides documents.
  public SearchRequest withFields(List<String> names) {
    return with(now -> now.fields = List.copyOf(names));
  }

  /// Brings nothing but sort keys and values of these fields, from the index's columns: neither
  /// documents nor their ids are read, which is what bringing many takes the engine's time for.
  public SearchRequest withDocValues(List<String> names) {
    return with(now -> now.docValues = List.copyOf(names));
  }

  /// Marks what matched in these fields.
  public SearchRequest withHighlight(List<String> names) {
    return with(now -> now.highlighted = List.copyOf(names));
  }

  /// Counts matches up to {@code most} exactly; {@link #COUNT_ALL} for all, 0 for no count.
  public SearchRequest countingUpTo(int most) {
    return with(now -> now.countUpTo = most);
  }

  /// Takes what was found within {@code timeout}; the answer says if that was not all.
  public SearchRequest withTimeout(Duration timeout) {
    return with(now -> now.timeout = Optional.of(timeout));
  }

  /// Looks at no more than {@code documents} per shard; 0 for no limit.
  public SearchRequest terminatingAfter(int documents) {
    return with(now -> now.terminateAfter = documents);
  }

  /// Asks a point in time instead of the targets, and keeps it open for {@code keepAlive} more.
  public SearchRequest at(String pointInTime, Duration keepAlive) {
    return with(
        now -> {
          now.pointInTime = pointInTime;
          now.keepAlive = keepAlive;
        });
  }

  public SearchRequest withRouting(String routing) {
    return with(now -> now.routing = routing);
  }

  public List<String> targets() {
    return parts.targets;
  }

  public Query query() {
    return parts.query;
  }

  public List<Sort> sorts() {
    return parts.sorts;
  }

  public int size() {
    return parts.size;
  }

  /// Whether it looks at so many documents per shard only.
  public boolean isLimited() {
    return parts.terminateAfter > 0;
  }

  public String pointInTime() {
    return parts.pointInTime;
  }

  public String routing() {
    return parts.routing;
  }

  /// Writes the body of `_search`.
  public void writeTo(JsonWriter json) {
    json.beginObject().name("query");
    parts.query.writeTo(json);
    json.name("size").number(parts.size);
    if (parts.from > 0) {
      json.name("from").number(parts.from);
    }
    if (!parts.sorts.isEmpty()) {
      json.name("sort").beginArray();
      parts.sorts.forEach(sort -> sort.writeTo(json));
      json.endArray();
    }
    if (!parts.after.isEmpty()) {
      json.name("search_after").beginArray();
      parts.after.forEach(key -> key.writeTo(json));
      json.endArray();
    }
    AggregationDsl.inside(parts.aggregations, json);
    documents(json);
    limits(json);
    json.endObject();
  }

  private void documents(JsonWriter json) {
    if (parts.sourceFields.isPresent()) {
      List<String> only = parts.sourceFields.get();
      if (only.isEmpty()) {
        json.name("_source").bool(false);
      } else {
        QueryDsl.strings(json, "_source", only);
      }
    }
    if (!parts.fields.isEmpty()) {
      QueryDsl.strings(json, "fields", parts.fields);
    }
    if (!parts.docValues.isEmpty()) {
      json.name("stored_fields").string("_none_");
      QueryDsl.strings(json, "docvalue_fields", parts.docValues);
    }
    if (!parts.highlighted.isEmpty()) {
      json.name("highlight").beginObject().name("fields").beginObject();
      for (String field : parts.highlighted) {
        json.name(field).beginObject().name("number_of_fragments").number(0).endObject();
      }
      json.endObject().endObject();
    }
  }

  private void limits(JsonWriter json) {
    json.name("track_total_hits");
    if (parts.countUpTo == COUNT_ALL) {
      json.bool(true);
    } else if (parts.countUpTo == 0) {
      json.bool(false);
    } else {
      json.number(parts.countUpTo);
    }
    if (parts.timeout.isPresent()) {
      json.name("timeout").string(parts.timeout.get().toMillis() + "ms");
    }
    if (parts.terminateAfter > 0) {
      json.name("terminate_after").number(parts.terminateAfter);
    }
    if (!parts.pointInTime.isEmpty()) {
      json.name("pit").beginObject().name("id").string(parts.pointInTime);
      json.name("keep_alive").string(parts.keepAlive.toMillis() + "ms").endObject();
    }
  }

  /// The body as it is sent.
  @Override
  public String toString() {
    JsonWriter json = new JsonWriter();
    writeTo(json);
    return new String(json.toBytes(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
