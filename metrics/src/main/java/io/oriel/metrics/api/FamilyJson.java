package io.oriel.metrics.api;

import io.oriel.model.json.JsonWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBucket;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;

/// One metric family as protobuf's JSON form of `io.prometheus.client.MetricFamily`: 64-bit numbers
/// and what is not finite as strings, what is not set left out.
final class FamilyJson {
  private final MetricSnapshot family;

  FamilyJson(MetricSnapshot family) {
    this.family = family;
  }

  /// Its name on `/metrics`.
  String name() {
    String base = family.getMetadata().getPrometheusName();
    return switch (type()) {
      case "COUNTER" -> base + "_total";
      case "GAUGE" -> family instanceof InfoSnapshot ? base + "_info" : base;
      default -> base;
    };
  }

  private String type() {
    return family.getDataPoints().stream().findFirst().map(FamilyJson::type).orElse("UNTYPED");
  }

  private static String type(DataPointSnapshot point) {
    return switch (point) {
      case CounterDataPointSnapshot _ -> "COUNTER";
      case HistogramDataPointSnapshot _ -> "HISTOGRAM";
      case SummaryDataPointSnapshot _ -> "SUMMARY";
      case UnknownDataPointSnapshot _ -> "UNTYPED";
      default -> "GAUGE";
    };
  }

  void write(JsonWriter json) {
    json.beginObject().name("name").string(name());
    String help = family.getMetadata().getHelp();
    if (help != null) {
      json.name("help").string(help);
    }
    json.name("type").string(type()).name("metric").beginArray();
    for (DataPointSnapshot point : family.getDataPoints()) {
      if (point instanceof StateSetDataPointSnapshot states) {
        states(json, states);
      } else {
        json.beginObject();
        labels(json, point, "", "");
        value(json, point);
        json.endObject();
      }
    }
    json.endArray().endObject();
  }

  private void states(JsonWriter json, StateSetDataPointSnapshot states) {
    states.stream()
        .forEach(
            state -> {
              json.beginObject();
              String name = family.getMetadata().getPrometheusName();
              labels(json, states, name, state.getName());
              single(json, "gauge", state.isTrue() ? 1 : 0);
              json.endObject();
            });
  }

  /// @param name of one more label, empty for none
  private static void labels(JsonWriter json, DataPointSnapshot point, String name, String value) {
    if (point.getLabels().isEmpty() && name.isEmpty()) {
      return;
    }
    json.name("label").beginArray();
    for (Label label : point.getLabels()) {
      pair(json, label.getName(), label.getValue());
    }
    if (!name.isEmpty()) {
      pair(json, name, value);
    }
    json.endArray();
  }

  private static void pair(JsonWriter json, String name, String value) {
    json.beginObject().name("name").string(name).name("value").string(value).endObject();
  }

  private static void value(JsonWriter json, DataPointSnapshot point) {
    switch (point) {
      case CounterDataPointSnapshot counter -> single(json, "counter", counter.getValue());
      case GaugeDataPointSnapshot gauge -> single(json, "gauge", gauge.getValue());
      case UnknownDataPointSnapshot unknown -> single(json, "untyped", unknown.getValue());
      case HistogramDataPointSnapshot histogram -> histogram(json, histogram);
      case SummaryDataPointSnapshot summary -> summary(json, summary);
      default -> single(json, "gauge", 1);
    }
  }

  private static void single(JsonWriter json, String kind, double value) {
    json.name(kind).beginObject().name("value");
    number(json, value);
    json.endObject();
  }

  private static void summary(JsonWriter json, SummaryDataPointSnapshot summary) {
    json.name("summary").beginObject();
    json.name("sampleCount").string(Long.toString(summary.getCount())).name("sampleSum");
    number(json, summary.getSum());
    if (summary.getQuantiles().size() > 0) {
      json.name("quantile").beginArray();
      for (Quantile quantile : summary.getQuantiles()) {
        json.beginObject().name("quantile");
        number(json, quantile.getQuantile());
        number(json.name("value"), quantile.getValue());
        json.endObject();
      }
      json.endArray();
    }
    json.endObject();
  }

  private static void histogram(JsonWriter json, HistogramDataPointSnapshot histogram) {
    json.name("histogram").beginObject();
    json.name("sampleCount").string(Long.toString(histogram.getCount())).name("sampleSum");
    number(json, histogram.getSum());
    if (histogram.hasClassicHistogramData()) {
      json.name("bucket").beginArray();
      long below = 0;
      for (ClassicHistogramBucket bucket : histogram.getClassicBuckets()) {
        below += bucket.getCount();
        if (bucket.getUpperBound() < Double.POSITIVE_INFINITY) {
          json.beginObject().name("cumulativeCount").string(Long.toString(below));
          number(json.name("upperBound"), bucket.getUpperBound());
          json.endObject();
        }
      }
      json.endArray();
    }
    if (histogram.hasNativeHistogramData()) {
      json.name("schema").number((long) histogram.getNativeSchema());
      number(json.name("zeroThreshold"), histogram.getNativeZeroThreshold());
      json.name("zeroCount").string(Long.toString(histogram.getNativeZeroCount()));
      buckets(json, "negative", histogram.getNativeBucketsForNegativeValues());
      buckets(json, "positive", histogram.getNativeBucketsForPositiveValues());
    }
    json.endObject();
  }

  /// Spans of neighbouring buckets, each told by how far it is from the one before, and how the
  /// count of each bucket differs from that of the one before.
  private static void buckets(JsonWriter json, String side, NativeHistogramBuckets buckets) {
    if (buckets.size() == 0) {
      return;
    }
    json.name(side + "Span").beginArray();
    int end = 0;
    for (int i = 0; i < buckets.size(); ) {
      int first = i;
      while (i < buckets.size()
          && buckets.getBucketIndex(i) - buckets.getBucketIndex(first) == i - first) {
        i++;
      }
      json.beginObject().name("offset").number((long) buckets.getBucketIndex(first) - end);
      json.name("length").number((long) i - first).endObject();
      end = buckets.getBucketIndex(i - 1) + 1;
    }
    json.endArray().name(side + "Delta").beginArray();
    long before = 0;
    for (int i = 0; i < buckets.size(); i++) {
      json.string(Long.toString(buckets.getCount(i) - before));
      before = buckets.getCount(i);
    }
    json.endArray();
  }

  private static void number(JsonWriter json, double value) {
    if (Double.isFinite(value)) {
      json.number(value);
    } else if (Double.isNaN(value)) {
      json.string("NaN");
    } else {
      json.string(value > 0 ? "Infinity" : "-Infinity");
    }
  }
}
