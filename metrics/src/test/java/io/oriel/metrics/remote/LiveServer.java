package io.oriel.metrics.remote;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// A database and a server around it.
final class LiveServer implements AutoCloseable {
  final Tsdb tsdb;
  final PrometheusRegistry registry = new PrometheusRegistry();
  final HttpClient client;
  private final HttpServer server;

  LiveServer(
      Path directory, InstantSource clock, java.util.function.BiConsumer<LiveServer, Routes> routes)
      throws IOException {
    tsdb =
        Tsdb.open(
            directory,
            new Tsdb.Parts(new FileDisk(), clock, new SplittableRandom(1)),
            TsdbOptions.defaults(),
            _ -> {});
    Routes all = new Routes();
    routes.accept(this, all);
    server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"), all, new HttpServerMetrics("test", registry));
    client = HttpClient.create(HttpClientConfig.standard(), "test");
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResult post(String path, String type, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.post(uri(path), type, body);
    for (int i = 0; i < headers.length; i += 2) {
      request = request.withHeader(headers[i], headers[i + 1]);
    }
    return client.send(request);
  }

  /// Appends and commits.
  void append(Consumer<io.oriel.model.series.Appender> samples) throws IOException {
    try (io.oriel.model.series.Appender appender = tsdb.appender()) {
      samples.accept(appender);
      appender.commit();
    }
  }

  /// Every sample stored: `labels value @time`.
  List<String> stored() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Querier querier = tsdb.querier(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2);
        SeriesCursor cursor =
            querier.select(
                SelectHints.range(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2),
                List.of(Matcher.of(Matcher.Type.REGEX, "__name__", ".+")))) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        SampleColumns columns = new SampleColumns();
        series.read(columns);
        for (int i = 0; i < columns.size(); i++) {
          lines.add(line(series.labels(), columns, i));
        }
      }
    }
    return lines;
  }

  static String line(Labels labels, SampleColumns columns, int i) {
    var histogram = columns.histogram(i);
    return labels
        + " "
        + (histogram == null ? "" + columns.values()[i] : "histogram " + histogram.count())
        + " @"
        + columns.timestamps()[i];
  }

  /// The value of a counter or gauge without labels, or the sum over all label sets.
  double metric(String name) {
    double sum = 0;
    for (var family : registry.scrape()) {
      if (family.getMetadata().getPrometheusName().equals(name.replaceAll("_total$", ""))) {
        for (var point : family.getDataPoints()) {
          switch (point) {
            case io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot c ->
                sum += c.getValue();
            case io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot g ->
                sum += g.getValue();
            default -> throw new AssertionError(name + " is no counter");
          }
        }
      }
    }
    return sum;
  }

  @Override
  public void close() throws IOException {
    server.close();
    client.close();
    tsdb.close();
  }
}
