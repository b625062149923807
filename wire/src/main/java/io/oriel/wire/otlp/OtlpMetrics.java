package io.oriel.wire.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.number.GoFloat;
import io.oriel.wire.remotewrite.RemoteWriteSink;
import java.util.List;
import java.util.Set;

/// Hands the content of one export request to a sink, as series. Single use.
public final class OtlpMetrics {
  /// What could not be used.
  ///
  /// @param rejectedPoints how many data points
  /// @param reason of the first of them; empty when there is none
  public record Outcome(long rejectedPoints, String reason) {}

  private static final int NO_RECORDED_VALUE = 1;
  private static final Set<String> IDENTIFYING =
      Set.of("service.name", "service.namespace", "service.instance.id");

  private final OtlpOptions options;
  private final OtlpNames names;
  private final RemoteWriteSink sink;
  private long rejected;
  private String reason = "";

  private OtlpMetrics(OtlpOptions options, RemoteWriteSink sink) {
    this.options = options;
    this.names = new OtlpNames(options);
    this.sink = sink;
  }

  /// Reads an uncompressed `ExportMetricsServiceRequest` in protobuf.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none
  public static Outcome read(byte[] body, OtlpOptions options, RemoteWriteSink sink) {
    try {
      OtlpMetrics reader = new OtlpMetrics(options, sink);
      ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(body);
      request.getResourceMetricsList().forEach(reader::resource);
      return new Outcome(reader.rejected, reader.reason);
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(
          Kind.INVALID, "not an ExportMetricsServiceRequest: " + e.getMessage(), e);
    }
  }

  /// The one place where OTLP's time becomes ours.
  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }

  private void resource(ResourceMetrics metrics) {
    Resource resource = metrics.getResource();
    LabelsBuilder identity = new LabelsBuilder();
    String service = attribute(resource.getAttributesList(), "service.name");
    String namespace = attribute(resource.getAttributesList(), "service.namespace");
    if (!service.isEmpty()) {
      identity.set(LabelName.JOB, namespace.isEmpty() ? service : namespace + "/" + service);
    }
    String instance = attribute(resource.getAttributesList(), "service.instance.id");
    identity.set(LabelName.INSTANCE, instance);
    LabelsBuilder base = identity.build().toBuilder();
    for (KeyValue attribute : resource.getAttributesList()) {
      String key = attribute.getKey();
      boolean promoted =
          options.promoteAll() ? !options.ignore().contains(key) : options.promote().contains(key);
      if (promoted) {
        add(base, key, attribute.getValue());
      }
    }
    long newest = 0;
    for (ScopeMetrics scope : metrics.getScopeMetricsList()) {
      Labels shared = scope(base.build(), scope.getScope(), scope.getSchemaUrl());
      for (Metric metric : scope.getMetricsList()) {
        newest = Math.max(newest, metric(metric, shared));
      }
    }
    targetInfo(resource, identity, newest);
  }

  private Labels scope(Labels base, InstrumentationScope scope, String schemaUrl) {
    if (!options.promoteScope()) {
      return base;
    }
    LabelsBuilder labels = base.toBuilder();
    for (KeyValue attribute : scope.getAttributesList()) {
      add(labels, "otel_scope_" + attribute.getKey(), attribute.getValue());
    }
    return labels
        .set("otel_scope_name", scope.getName())
        .set("otel_scope_version", scope.getVersion())
        .set("otel_scope_schema_url", schemaUrl)
        .build();
  }

  private void targetInfo(Resource resource, LabelsBuilder identity, long newestMillis) {
    if (newestMillis == 0 || !(identity.has(LabelName.JOB) || identity.has(LabelName.INSTANCE))) {
      return;
    }
    LabelsBuilder labels = identity.build().toBuilder();
    int own = 0;
    for (KeyValue attribute : resource.getAttributesList()) {
      if (options.keepIdentifying() || !IDENTIFYING.contains(attribute.getKey())) {
        add(labels, attribute.getKey(), attribute.getValue());
        own++;
      }
    }
    if (own == 0) {
      return;
    }
    labels.set(LabelName.METRIC, "target_info");
    sink.series(labels.build());
    sink.metadata("target_info", new MetricMetadata(MetricType.GAUGE, "", "Target metadata"));
    sink.sample(newestMillis, 1, 0);
  }

  /// Hands out one metric and returns its newest time in milliseconds.
  private long metric(Metric metric, Labels base) {
    String name = names.metric(metric);
    long newest = 0;
    switch (metric.getDataCase()) {
      case GAUGE -> newest = numbers(metric, metric.getGauge().getDataPointsList(), name, base);
      case SUM -> {
        List<NumberDataPoint> points = metric.getSum().getDataPointsList();
        if (cumulative(metric, metric.getSum().getAggregationTemporality(), points.size())) {
          newest = numbers(metric, points, name, base);
        }
      }
      case HISTOGRAM -> {
        List<HistogramDataPoint> points = metric.getHistogram().getDataPointsList();
        if (cumulative(metric, metric.getHistogram().getAggregationTemporality(), points.size())) {
          for (HistogramDataPoint point : points) {
            newest = Math.max(newest, histogram(metric, point, name, base));
          }
        }
      }
      case EXPONENTIAL_HISTOGRAM -> {
        List<ExponentialHistogramDataPoint> points =
            metric.getExponentialHistogram().getDataPointsList();
        AggregationTemporality temporality =
            metric.getExponentialHistogram().getAggregationTemporality();
        if (cumulative(metric, temporality, points.size())) {
          for (ExponentialHistogramDataPoint point : points) {
            newest = Math.max(newest, exponential(metric, point, name, base));
          }
        }
      }
      case SUMMARY -> {
        for (SummaryDataPoint point : metric.getSummary().getDataPointsList()) {
          newest = Math.max(newest, summary(metric, point, name, base));
        }
      }
      case DATA_NOT_SET -> reject(1, "metric " + metric.getName() + " has no data");
    }
    return newest;
  }

  private boolean cumulative(Metric metric, AggregationTemporality temporality, int points) {
    boolean usable = temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
    if (!usable) {
      reject(
          points,
          "invalid temporality and type combination for metric \"" + metric.getName() + "\"");
    }
    return usable;
  }

  private void reject(long points, String why) {
    rejected += points;
    reason = reason.isEmpty() ? why : reason;
  }

  private static MetricMetadata metadata(Metric metric) {
    MetricType type =
        switch (metric.getDataCase()) {
          case GAUGE -> MetricType.GAUGE;
          case SUM -> metric.getSum().getIsMonotonic() ? MetricType.COUNTER : MetricType.GAUGE;
          case HISTOGRAM, EXPONENTIAL_HISTOGRAM -> MetricType.HISTOGRAM;
          case SUMMARY -> MetricType.SUMMARY;
          case DATA_NOT_SET -> MetricType.UNKNOWN;
        };
    return new MetricMetadata(type, metric.getUnit(), metric.getDescription());
  }

  private long numbers(Metric metric, List<NumberDataPoint> points, String name, Labels base) {
    long newest = 0;
    for (NumberDataPoint point : points) {
      long time = millis(point.getTimeUnixNano());
      double value = point.hasAsInt() ? (double) point.getAsInt() : point.getAsDouble();
      Labels labels = labels(base, point.getAttributesList());
      begin(metric, labels, name);
      sink.sample(
          time,
          gone(point.getFlags()) ? StaleMarker.VALUE : value,
          start(point.getStartTimeUnixNano(), metric));
      newest = Math.max(newest, time);
    }
    return newest;
  }

  private static long start(long nanos, Metric metric) {
    return metric.getDataCase() == Metric.DataCase.GAUGE ? 0 : millis(nanos);
  }

  private void begin(Metric metric, Labels labels, String name) {
    sink.series(labels.with(LabelName.METRIC, name));
    sink.metadata(name, metadata(metric));
  }

  private long exponential(
      Metric metric, ExponentialHistogramDataPoint point, String name, Labels base) {
    long time = millis(point.getTimeUnixNano());
    try {
      io.oriel.model.metric.NativeHistogram histogram = OtlpHistograms.exponential(point);
      if (gone(point.getFlags())) {
        histogram = histogram.toBuilder().sum(StaleMarker.VALUE).build();
      }
      begin(metric, labels(base, point.getAttributesList()), name);
      sink.histogram(time, histogram, millis(point.getStartTimeUnixNano()));
    } catch (OrielException e) {
      reject(1, e.reason());
    }
    return time;
  }

  private long histogram(Metric metric, HistogramDataPoint point, String name, Labels base) {
    long time = millis(point.getTimeUnixNano());
    long start = millis(point.getStartTimeUnixNano());
    Labels labels = labels(base, point.getAttributesList());
    boolean gone = gone(point.getFlags());
    if (options.customBuckets()) {
      try {
        io.oriel.model.metric.NativeHistogram histogram = OtlpHistograms.custom(point);
        begin(metric, labels, name);
        sink.histogram(time, histogram, start);
      } catch (OrielException e) {
        reject(1, e.reason());
      }
      return time;
    }
    if (point.hasSum()) {
      one(metric, labels, name + "_sum", time, gone ? StaleMarker.VALUE : point.getSum(), start);
    }
    double count = OtlpHistograms.unsigned(point.getCount());
    one(metric, labels, name + "_count", time, gone ? StaleMarker.VALUE : count, start);
    double cumulative = 0;
    int bounds = Math.min(point.getExplicitBoundsCount(), point.getBucketCountsCount());
    for (int i = 0; i < bounds; i++) {
      cumulative += OtlpHistograms.unsigned(point.getBucketCounts(i));
      Labels bucket = labels.with(LabelName.BUCKET, GoFloat.format(point.getExplicitBounds(i)));
      one(metric, bucket, name + "_bucket", time, gone ? StaleMarker.VALUE : cumulative, start);
    }
    Labels infinite = labels.with(LabelName.BUCKET, "+Inf");
    one(metric, infinite, name + "_bucket", time, gone ? StaleMarker.VALUE : count, start);
    return time;
  }

  private long summary(Metric metric, SummaryDataPoint point, String name, Labels base) {
    long time = millis(point.getTimeUnixNano());
    long start = millis(point.getStartTimeUnixNano());
    Labels labels = labels(base, point.getAttributesList());
    boolean gone = gone(point.getFlags());
    double count = OtlpHistograms.unsigned(point.getCount());
    one(metric, labels, name + "_sum", time, gone ? StaleMarker.VALUE : point.getSum(), start);
    one(metric, labels, name + "_count", time, gone ? StaleMarker.VALUE : count, start);
    for (SummaryDataPoint.ValueAtQuantile quantile : point.getQuantileValuesList()) {
      Labels at = labels.with(LabelName.QUANTILE, GoFloat.format(quantile.getQuantile()));
      one(metric, at, name, time, gone ? StaleMarker.VALUE : quantile.getValue(), start);
    }
    return time;
  }

  private void one(Metric metric, Labels labels, String name, long time, double value, long start) {
    begin(metric, labels, name);
    sink.sample(time, value, start);
  }

  private static boolean gone(int flags) {
    return (flags & NO_RECORDED_VALUE) != 0;
  }

  private Labels labels(Labels base, List<KeyValue> attributes) {
    LabelsBuilder labels = new LabelsBuilder();
    attributes.forEach(attribute -> add(labels, attribute.getKey(), attribute.getValue()));
    for (int i = 0; i < base.size(); i++) {
      boolean identity =
          base.name(i).equals(LabelName.JOB) || base.name(i).equals(LabelName.INSTANCE);
      if (identity || !labels.has(base.name(i))) {
        labels.set(base.name(i), base.value(i));
      }
    }
    return labels.build();
  }

  /// Attributes whose names become the same label are joined by semicolons.
  private void add(LabelsBuilder labels, String key, AnyValue value) {
    String name = names.label(key);
    if (name.isEmpty()) {
      return;
    }
    String had = labels.get(name);
    String text = OtlpValues.text(value);
    labels.set(name, had.isEmpty() ? text : had + ";" + text);
  }

  private static String attribute(List<KeyValue> attributes, String key) {
    for (KeyValue attribute : attributes) {
      if (attribute.getKey().equals(key)) {
        return OtlpValues.text(attribute.getValue());
      }
    }
    return "";
  }
}
