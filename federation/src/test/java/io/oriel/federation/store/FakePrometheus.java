package io.oriel.federation.store;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.promql.parse.Parser;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.remoteread.ChunkedResponse;
import io.oriel.wire.remoteread.ReadRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// As much of a Prometheus as a sidecar sees. Like the real one it puts its external labels on what
/// it sends by remote read, and only there.
final class FakePrometheus {
  private final TestSeries source;
  private final Labels external;

  FakePrometheus(TestSeries source, Labels external) {
    this.source = source;
    this.external = external;
  }

  Routes routes() {
    return new Routes()
        .post("/api/v1/read", this::read)
        .get("/api/v1/series", this::series)
        .get("/api/v1/labels", call -> strings(querier(call).labelNames(0, matchers(call)).value()))
        .get(
            "/api/v1/label/:name/values",
            call ->
                strings(
                    querier(call).labelValues(call.pathParam("name"), 0, matchers(call)).value()));
  }

  private HttpAnswer read(HttpCall call) throws IOException {
    ReadRequest request = ReadRequest.read(Compression.SNAPPY.decompress(call.body(), 1 << 20));
    ReadRequest.Query query = request.queries().getFirst();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Querier querier = source.querier(query.startMillis(), query.endMillis());
    try (SeriesCursor cursor = querier.select(query.hints(), query.matchers())) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        Labels labels = series.labels();
        for (int i = 0; i < external.size(); i++) {
          if (!labels.has(external.name(i))) {
            labels = labels.with(external.name(i), external.value(i));
          }
        }
        out.write(ChunkedResponse.frame(new ChunkedResponse.Frame(0, labels, series.chunks())));
      }
    }
    return HttpAnswer.of(200, ChunkedResponse.CONTENT_TYPE, out.toByteArray());
  }

  private HttpAnswer series(HttpCall call) throws IOException {
    List<Labels> found = new ArrayList<>();
    try (SeriesCursor cursor = querier(call).select(SelectHints.range(0, 0), matchers(call))) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        found.add(series.labels());
      }
    }
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              for (Labels labels : found) {
                json.beginObject();
                labels.toMap().forEach((name, value) -> json.name(name).string(value));
                json.endObject();
              }
              json.endArray();
            }));
  }

  private Querier querier(HttpCall call) {
    return source.querier(millis(call.param("start")), millis(call.param("end")));
  }

  private static long millis(String seconds) {
    return Math.round(Double.parseDouble(seconds) * 1000);
  }

  private static List<Matcher> matchers(HttpCall call) {
    return call.hasParam("match[]")
        ? Parser.parseSelector(call.param("match[]")).matchers()
        : List.of();
  }

  private static HttpAnswer strings(List<String> strings) {
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            (JsonWriter json) -> {
              json.beginArray();
              strings.forEach(json::string);
              json.endArray();
            }));
  }
}
