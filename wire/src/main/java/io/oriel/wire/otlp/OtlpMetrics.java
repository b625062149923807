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
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.number.GoFloat;
import io.oriel.wire.remotewrite.RemoteWriteSink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
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

  /** Points that claim to span more than this many lookbacks get one sample of `target_info`. */
  private static final int MAX_TARGET_INFO = 10_000;

  private static final Set<String> IDENTIFYING =
      Set.of("service.name", "service.namespace", "service.instance.id");

  private final OtlpOptions options;
  private final OtlpNames names;
  private final RemoteWriteSink sink;
  private final Set<String> toldTargets = new HashSet<>();
  private long rejected;
  private String reason = "";

  /** The range of times of the present resource's points. */
  private long oldest;

  private long newest;

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
      return read(ExportMetricsServiceRequest.parseFrom(body), options, sink);
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(
          Kind.INVALID, "not an ExportMetricsServiceRequest: " + e.getMessage(), e);
    }
  }

  /// Reads an uncompressed `ExportMetricsServiceRequest` in OTLP's JSON.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none
  public static Outcome readJson(byte[] body, OtlpOptions options, RemoteWriteSink sink) {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    OtlpJson.merge(body, request);
    return read(request.build(), options, sink);
  }

  private static Outcome read(
      ExportMetricsServiceRequest request, OtlpOptions options, RemoteWriteSink sink) {
    OtlpMetrics reader = new OtlpMetrics(options, sink);
    request.getResourceMetricsList().forEach(reader::resource);
    return new Outcome(reader.rejected, reader.reason);
  }

  /// The one place where OTLP's time becomes ours.
  static long millis(long nanos) {
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
    oldest = Long.MAX_VALUE;
    newest = 0;
    for (ScopeMetrics scope : metrics.getScopeMetricsList()) {
      Labels shared = scope(base.build(), scope.getScope(), scope.getSchemaUrl());
      for (Metric metric : scope.getMetricsList()) {
        metric(metric, shared);
      }
    }
    targetInfo(resource, identity);
  }

  private long seen(long nanos) {
    long time = millis(nanos);
    oldest = Math.min(oldest, time);
    newest = Math.max(newest, time);
    return time;
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

  /// `target_info` for as long as the points reach, as often as a query needs to find it.
  private void targetInfo(Resource resource, LabelsBuilder identity) {
    if (oldest > newest || !(identity.has(LabelName.JOB) || identity.has(LabelName.INSTANCE))) {
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
    Labels told = labels.build();
    sink.series(told);
    sink.metadata("target_info", new MetricMetadata(MetricType.GAUGE, "", "Target metadata"));
    long step = Math.max(1, options.lookbackMillis() / 2);
    if ((newest - oldest) / step > MAX_TARGET_INFO) {
      oldest = newest;
    }
    for (long time = oldest; time < newest; time += step) {
      tellTarget(told, time);
    }
    tellTarget(told, newest);
  }

  private void tellTarget(Labels target, long time) {
    if (toldTargets.add(target + "@" + time)) {
      sink.sample(time, 1, 0);
    }
  }

  private void metric(Metric metric, Labels base) {
    String name = names.metric(metric);
    switch (metric.getDataCase()) {
      case GAUGE -> {
        for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
          number(metric, point, name, base);
        }
      }
      case SUM -> {
        List<NumberDataPoint> points = metric.getSum().getDataPointsList();
        if (usable(metric, metric.getSum().getAggregationTemporality(), points.size())) {
          points.forEach(point -> number(metric, point, name, base));
        }
      }
      case HISTOGRAM -> {
        List<HistogramDataPoint> points = metric.getHistogram().getDataPointsList();
        if (usable(metric, metric.getHistogram().getAggregationTemporality(), points.size())) {
          points.forEach(point -> histogram(metric, point, name, base));
        }
      }
      case EXPONENTIAL_HISTOGRAM -> {
        List<ExponentialHistogramDataPoint> points =
            metric.getExponentialHistogram().getDataPointsList();
        AggregationTemporality temporality =
            metric.getExponentialHistogram().getAggregationTemporality();
        if (usable(metric, temporality, points.size())) {
          points.forEach(point -> exponential(metric, point, name, base));
        }
      }
      case SUMMARY -> {
        for (SummaryDataPoint point : metric.getSummary().getDataPointsList()) {
          summary(metric, point, name, base);
        }
      }
      case DATA_NOT_SET -> reject(1, "unsupported metric type");
    }
  }

  private boolean usable(Metric metric, AggregationTemporality temporality, int points) {
    boolean delta = temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
    boolean usable =
        temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
            || (delta && options.nativeDeltas());
    if (!usable) {
      reject(
          points,
          "invalid temporality and type combination for metric \"" + metric.getName() + "\"");
    }
    return usable;
  }

  private static boolean isDelta(Metric metric) {
    return switch (metric.getDataCase()) {
          case SUM -> metric.getSum().getAggregationTemporality();
          case HISTOGRAM -> metric.getHistogram().getAggregationTemporality();
          case EXPONENTIAL_HISTOGRAM ->
              metric.getExponentialHistogram().getAggregationTemporality();
          case GAUGE, SUMMARY, DATA_NOT_SET ->
              AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
        }
        == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  }

  private void reject(long points, String why) {
    rejected += points;
    reason = reason.isEmpty() ? why : reason;
  }

  /// There is no type for deltas, so theirs is not known.
  private static MetricMetadata metadata(Metric metric) {
    MetricType type =
        isDelta(metric)
            ? MetricType.UNKNOWN
            : switch (metric.getDataCase()) {
              case GAUGE -> MetricType.GAUGE;
              case SUM -> metric.getSum().getIsMonotonic() ? MetricType.COUNTER : MetricType.GAUGE;
              case HISTOGRAM, EXPONENTIAL_HISTOGRAM -> MetricType.HISTOGRAM;
              case SUMMARY -> MetricType.SUMMARY;
              case DATA_NOT_SET -> MetricType.UNKNOWN;
            };
    return new MetricMetadata(type, metric.getUnit(), metric.getDescription());
  }

  private void number(Metric metric, NumberDataPoint point, String name, Labels base) {
    long time = seen(point.getTimeUnixNano());
    double value = point.hasAsInt() ? (double) point.getAsInt() : point.getAsDouble();
    begin(metric, labels(base, point.getAttributesList()), name);
    sink.sample(
        time,
        gone(point.getFlags()) ? StaleMarker.VALUE : value,
        start(point.getStartTimeUnixNano(), metric));
    if (metric.getDataCase() == Metric.DataCase.SUM) {
      exemplars(point.getExemplarsList(), time);
    }
  }

  private void exemplars(
      List<io.opentelemetry.proto.metrics.v1.Exemplar> exemplars, long fallbackMillis) {
    try {
      OtlpExemplars.byValue(exemplars).forEach(one -> sink.exemplar(timed(one, fallbackMillis)));
    } catch (OrielException e) {
      reject(0, e.reason());
    }
  }

  private static Exemplar timed(Exemplar exemplar, long fallbackMillis) {
    return exemplar.hasTimestamp()
        ? exemplar
        : new Exemplar(exemplar.labels(), exemplar.value(), fallbackMillis, true);
  }

  private static long start(long nanos, Metric metric) {
    return metric.getDataCase() == Metric.DataCase.GAUGE ? 0 : millis(nanos);
  }

  private void begin(Metric metric, Labels labels, String name) {
    sink.series(labels.with(LabelName.METRIC, name));
    sink.metadata(name, metadata(metric));
  }

  private void exponential(
      Metric metric, ExponentialHistogramDataPoint point, String name, Labels base) {
    long time = seen(point.getTimeUnixNano());
    try {
      NativeHistogram histogram = OtlpHistograms.exponential(point);
      if (gone(point.getFlags())) {
        histogram = histogram.toBuilder().sum(StaleMarker.VALUE).build();
      }
      begin(metric, labels(base, point.getAttributesList()), name);
      sink.histogram(time, hinted(metric, histogram), millis(point.getStartTimeUnixNano()));
      exemplars(point.getExemplarsList(), time);
    } catch (OrielException e) {
      reject(1, e.reason());
    }
  }

  /// A delta counts only itself, which to storage is a gauge.
  private static NativeHistogram hinted(Metric metric, NativeHistogram histogram) {
    return isDelta(metric)
        ? histogram.toBuilder().resetHint(NativeHistogram.ResetHint.GAUGE).build()
        : histogram;
  }

  private void histogram(Metric metric, HistogramDataPoint point, String name, Labels base) {
    long time = seen(point.getTimeUnixNano());
    long start = millis(point.getStartTimeUnixNano());
    Labels labels = labels(base, point.getAttributesList());
    if (options.customBuckets()) {
      custom(metric, point, labels.with(LabelName.METRIC, name), time);
      return;
    }
    boolean gone = gone(point.getFlags());
    if (point.hasSum()) {
      one(metric, labels, name + "_sum", time, gone ? StaleMarker.VALUE : point.getSum(), start);
    }
    double count = OtlpHistograms.unsigned(point.getCount());
    one(metric, labels, name + "_count", time, gone ? StaleMarker.VALUE : count, start);
    Deque<Exemplar> exemplars = pending(point);
    double cumulative = 0;
    int bounds = Math.min(point.getExplicitBoundsCount(), point.getBucketCountsCount());
    for (int i = 0; i < bounds; i++) {
      cumulative += OtlpHistograms.unsigned(point.getBucketCounts(i));
      double bound = point.getExplicitBounds(i);
      Labels bucket = labels.with(LabelName.BUCKET, GoFloat.format(bound));
      one(metric, bucket, name + "_bucket", time, gone ? StaleMarker.VALUE : cumulative, start);
      while (!exemplars.isEmpty() && exemplars.peek().value() <= bound) {
        sink.exemplar(timed(exemplars.remove(), time));
      }
    }
    Labels infinite = labels.with(LabelName.BUCKET, "+Inf");
    one(metric, infinite, name + "_bucket", time, gone ? StaleMarker.VALUE : count, start);
    exemplars.forEach(exemplar -> sink.exemplar(timed(exemplar, time)));
  }

  private Deque<Exemplar> pending(HistogramDataPoint point) {
    try {
      return new ArrayDeque<>(OtlpExemplars.byValue(point.getExemplarsList()));
    } catch (OrielException e) {
      reject(0, e.reason());
      return new ArrayDeque<>();
    }
  }

  private void custom(Metric metric, HistogramDataPoint point, Labels labels, long time) {
    try {
      NativeHistogram histogram = OtlpHistograms.custom(point);
      if (gone(point.getFlags())) {
        histogram = histogram.toBuilder().sum(StaleMarker.VALUE).build();
      }
      begin(metric, labels, labels.metricName());
      sink.histogram(time, hinted(metric, histogram), millis(point.getStartTimeUnixNano()));
      exemplars(point.getExemplarsList(), time);
    } catch (OrielException e) {
      reject(1, e.reason());
    }
  }

  private void summary(Metric metric, SummaryDataPoint point, String name, Labels base) {
    long time = seen(point.getTimeUnixNano());
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
