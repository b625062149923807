package io.oriel.search.client;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;

/// What an aggregation came to.
public final class Aggregate {
  private final JsonNode node;

  Aggregate(JsonNode node) {
    this.node = node;
  }

  /// One bucket.
  public static final class Bucket {
    private final JsonNode node;

    private Bucket(JsonNode node) {
      this.node = node;
    }

    /// The key as text: the value of a term, milliseconds of a date.
    public String key() {
      return node.path("key").asString("");
    }

    /// The key as a number, as of dates in milliseconds.
    public long keyNumber() {
      return node.path("key").asLong(0);
    }

    public long count() {
      return node.path("doc_count").asLong(0);
    }

    /// What was computed within the bucket under {@code name}.
    public Aggregate inside(String name) {
      return new Aggregate(node.path(name));
    }
  }

  /// The number of a metric; empty when there was no document with the field.
  public OptionalDouble value() {
    JsonNode value = node.path("value");
    return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
  }

  /// The value at a percentile that was asked for.
  public OptionalDouble percentile(double percent) {
    JsonNode value = node.path("values").path(Double.toString(percent));
    return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
  }

  public List<Bucket> buckets() {
    List<Bucket> buckets = new ArrayList<>();
    node.path("buckets").forEach(bucket -> buckets.add(new Bucket(bucket)));
    return buckets;
  }

  /// How many documents of a terms aggregation are in none of its buckets.
  public long others() {
    return node.path("sum_other_doc_count").asLong(0);
  }

  /// Documents in the one bucket of a filter or of nested objects.
  public long count() {
    return node.path("doc_count").asLong(0);
  }

  /// What was computed within that one bucket under {@code name}.
  public Aggregate inside(String name) {
    return new Aggregate(node.path(name));
  }

  /// The documents of `top_hits`.
  public List<Hit> hits() {
    return SearchAnswer.hits(node.path("hits").path("hits"));
  }

  static Aggregate of(JsonNode aggregations, String name) {
    JsonNode found = aggregations.path(name);
    if (found.isMissingNode()) {
      throw new OrielException(Kind.NOT_FOUND, "the answer has no aggregation \"" + name + "\"");
    }
    return new Aggregate(found);
  }
}
