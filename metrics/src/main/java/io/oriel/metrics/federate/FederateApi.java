package io.oriel.metrics.federate;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.promql.parse.Parser;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.exposition.ExpositionWriter;
import io.oriel.wire.exposition.Negotiated;
import io.oriel.wire.exposition.ScrapeProtocol;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `GET /federate?match[]=…`: the newest sample of every series that a selector chooses, no older
/// than the lookback, with the external labels that it has not. Thread-safe.
public final class FederateApi {
  /// The newest of one series.
  private record Sample(
      Labels labels, long timeMillis, double value, @Nullable NativeHistogram histogram) {
    MetricType type() {
      if (histogram == null) {
        return MetricType.UNKNOWN;
      }
      return histogram.resetHint() == NativeHistogram.ResetHint.GAUGE
          ? MetricType.GAUGE_HISTOGRAM
          : MetricType.HISTOGRAM;
    }
  }

  private final Queryable storage;
  private final Supplier<Labels> externalLabels;
  private final long lookbackMillis;
  private final InstantSource clock;
  private final Counter errors;
  private final Counter warnings;

  /// @param externalLabels asked for at each request, because a reload may change them
  /// @param lookbackMillis how old a sample may be
  public FederateApi(
      Queryable storage,
      Supplier<Labels> externalLabels,
      long lookbackMillis,
      InstantSource clock,
      PrometheusRegistry registry) {
    this.storage = storage;
    this.externalLabels = externalLabels;
    this.lookbackMillis = lookbackMillis;
    this.clock = clock;
    errors =
        Counter.builder()
            .name("prometheus_web_federation_errors_total")
            .help("Total number of errors that occurred while sending federation responses.")
            .register(registry);
    warnings =
        Counter.builder()
            .name("prometheus_web_federation_warnings_total")
            .help("Total number of warnings that occurred while sending federation responses.")
            .register(registry);
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.get("/federate", this::federate);
  }

  private HttpAnswer federate(HttpCall call) throws IOException {
    List<List<Matcher>> selectors = new ArrayList<>();
    try {
      for (String text : call.params("match[]")) {
        selectors.add(Parser.parseSelector(text).matchers());
      }
    } catch (OrielException e) {
      return HttpAnswer.text(400, e.reason() + "\n");
    }
    Negotiated format = Negotiated.of(call.header("accept"));
    ExpositionWriter writer = ExpositionWriter.of(format.protocol(), format.escaping());
    try {
      write(newest(selectors), writer, format.protocol() == ScrapeProtocol.PROMETHEUS_PROTO);
    } catch (IOException | OrielException e) {
      errors.inc();
      throw e;
    }
    return HttpAnswer.of(200, format.contentType(), writer.finish());
  }

  /// The samples by metric name, then by labels.
  private List<Sample> newest(List<List<Matcher>> selectors) throws IOException {
    long now = clock.millis();
    Map<Labels, Sample> found = new TreeMap<>();
    SampleColumns columns = new SampleColumns();
    SelectHints hints = SelectHints.range(now - lookbackMillis, now);
    try (Querier querier = storage.querier(now - lookbackMillis, now)) {
      for (List<Matcher> matchers : selectors) {
        try (SeriesCursor cursor = querier.select(hints, matchers)) {
          for (Series series = cursor.next(); series != null; series = cursor.next()) {
            columns.clear();
            series.read(columns);
            note(series.labels(), columns, found);
          }
          warnings.inc(cursor.warnings().size());
        }
      }
    }
    List<Sample> sorted = new ArrayList<>(found.values());
    sorted.sort((a, b) -> Utf8Order.compare(a.labels().metricName(), b.labels().metricName()));
    return sorted;
  }

  private static void note(Labels labels, SampleColumns columns, Map<Labels, Sample> found) {
    int last = columns.size() - 1;
    if (last < 0) {
      return;
    }
    NativeHistogram histogram = columns.histogram(last);
    double value = columns.values()[last];
    // Expositions have no word for the end of a series; the reader's own staleness covers it.
    boolean ended = histogram == null ? StaleMarker.is(value) : histogram.isStale();
    if (!ended) {
      found.put(labels, new Sample(labels, columns.timestamps()[last], value, histogram));
    }
  }

  private void write(List<Sample> samples, ExpositionWriter writer, boolean exponentials) {
    Labels external = externalLabels.get();
    String family = "";
    MetricType type = MetricType.UNKNOWN;
    for (Sample sample : samples) {
      NativeHistogram histogram = sample.histogram();
      String name = sample.labels().metricName();
      boolean unsayable = histogram != null && !histogram.hasCustomBuckets() && !exponentials;
      if (name.isEmpty() || unsayable) {
        continue;
      }
      if (!name.equals(family) || type != sample.type()) {
        family = name;
        type = sample.type();
        writer.family(name, new MetricMetadata(type, "", ""));
      }
      List<String> more = missing(sample.labels(), external);
      if (histogram == null) {
        writer.sample(sample.labels(), more, sample.value(), sample.timeMillis());
      } else {
        writer.histogram(sample.labels(), more, histogram, sample.timeMillis());
      }
    }
  }

  /// The external labels that {@code own} has not, and an empty `instance` so that the reader does
  /// not put its own there.
  private static List<String> missing(Labels own, Labels external) {
    Map<String, String> wanted = external.toMap();
    wanted.putIfAbsent(LabelName.INSTANCE, "");
    List<String> more = new ArrayList<>();
    wanted.forEach(
        (name, value) -> {
          if (!own.has(name)) {
            more.add(name);
            more.add(value);
          }
        });
    return more;
  }
}
