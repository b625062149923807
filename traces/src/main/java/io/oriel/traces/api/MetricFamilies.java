package io.oriel.traces.api;

import io.oriel.model.json.JsonWriter;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.traces.spanmetrics.PerformanceQuery.Grouping;
import io.oriel.traces.spanmetrics.ServiceSeries;
import java.time.Instant;
import java.util.List;

/// Numbers of services as `MetricFamily` of Jaeger's OpenMetrics model.
///
/// @param suffix what the names end in
/// @param help of services; of operations it says so
record MetricFamilies(String suffix, String help) {
  static final MetricFamilies LATENCIES =
      new MetricFamilies("latencies", "quantile latency in milliseconds");
  static final MetricFamilies CALLS = new MetricFamilies("call_rate", "calls a second");
  static final MetricFamilies ERRORS =
      new MetricFamilies("error_rate", "share of calls that failed");

  String name(Grouping grouping) {
    return (grouping == Grouping.OPERATION ? "service_operation_" : "service_") + suffix;
  }

  String help(Grouping grouping) {
    return help + (grouping == Grouping.OPERATION ? ", by service and operation" : ", by service");
  }

  static HttpAnswer answer(MetricFamilies family, Grouping grouping, List<ServiceSeries> all) {
    JsonWriter json = new JsonWriter(16 << 10);
    json.beginObject().name("name").string(family.name(grouping));
    json.name("type").string("GAUGE").name("help").string(family.help(grouping));
    json.name("metrics").beginArray();
    for (ServiceSeries series : all) {
      json.beginObject().name("labels").beginArray();
      if (!series.operation().isEmpty()) {
        label(json, "operation", series.operation());
      }
      label(json, "service_name", series.service());
      json.endArray().name("metricPoints").beginArray();
      for (ServiceSeries.Point point : series.points()) {
        json.beginObject().name("gaugeValue").beginObject().name("doubleValue");
        if (Double.isFinite(point.value())) {
          json.number(point.value());
        } else {
          json.string("NaN");
        }
        json.endObject();
        json.name("timestamp").string(Instant.ofEpochMilli(point.millis()).toString());
        json.endObject();
      }
      json.endArray().endObject();
    }
    json.endArray().endObject();
    return HttpAnswer.json(200, json.toBytes());
  }

  private static void label(JsonWriter json, String name, String value) {
    json.beginObject().name("name").string(name).name("value").string(value).endObject();
  }
}
