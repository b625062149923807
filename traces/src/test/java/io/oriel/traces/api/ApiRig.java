package io.oriel.traces.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.CodedOutputStream;
import io.oriel.model.trace.Span;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.GrpcStream;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.traces.assemble.Adjusters;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SharedEngine;
import io.oriel.traces.query.SpanSources;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// All APIs over sockets of their own, with one small trace in the engine that all tests share.
final class ApiRig implements AutoCloseable {
  static final long NOW = Instant.parse("2026-11-27T12:00:00Z").toEpochMilli();
  static final int MOST_SPANS = 20_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Closer closer = new Closer();
  private final String prefix;
  private final HttpServer http;
  private final HttpClient client;
  private final GrpcClient grpc;

  private ApiRig(String prefix) throws IOException {
    this.prefix = prefix;
    Traces traces = traces(prefix);
    Routes routes = new Routes();
    new TracesApi(traces).addTo(routes);
    new TracesApiV3(traces).addTo(routes);
    PrometheusRegistry registry = new PrometheusRegistry();
    http =
        closer.push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("test", registry)));
    client = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    GrpcServer server =
        closer.push(
            GrpcServer.start(
                GrpcServerConfig.plain("127.0.0.1:0"),
                services(traces),
                InstantSource.system(),
                GrpcMetrics.ofServer(registry)));
    grpc =
        closer.push(
            GrpcClient.create(
                GrpcClientConfig.plain("127.0.0.1:" + server.port()),
                GrpcMetrics.ofClient(registry)));
  }

  private static Traces traces(String prefix) {
    return new Traces(
        SharedEngine.get().client(),
        new SpanSources(List.of(prefix)),
        TagFields.none(),
        new Traces.Limits(new Adjusters(Duration.ZERO), MOST_SPANS),
        InstantSource.fixed(Instant.ofEpochMilli(NOW)));
  }

  private static List<GrpcService> services(Traces traces) {
    TraceServices services = new TraceServices(traces);
    List<GrpcService> all = new ArrayList<>(services.forTools());
    all.addAll(services.forStorage());
    return all;
  }

  /// All gRPC services, over nothing in particular.
  static List<GrpcService> services() {
    return services(traces("none"));
  }

  /// Starts the APIs over the indices with this prefix, where nothing is.
  static ApiRig empty(String prefix) throws IOException {
    return new ApiRig(prefix);
  }

  /// Starts the APIs over the indices with this prefix and writes the small trace there: a call of
  /// `front` to `back`, a minute before {@link #NOW}.
  static ApiRig over(String prefix) throws IOException, InterruptedException {
    ApiRig rig = new ApiRig(prefix);
    long start = NOW - 60_000;
    rig.write(
        List.of(
            Spans.of(1, 0, "front", start, start + 100),
            Spans.of(2, 1, "back", start + 10, start + 60)));
    return rig;
  }

  void write(List<Span> spans) throws InterruptedException {
    SharedEngine.get().write(prefix, TagFields.none(), spans);
  }

  HttpResult get(String path, String... params) throws IOException, InterruptedException {
    StringBuilder uri = new StringBuilder(path);
    for (int i = 0; i < params.length; i += 2) {
      uri.append(i == 0 ? '?' : '&')
          .append(params[i])
          .append('=')
          .append(URLEncoder.encode(params[i + 1], StandardCharsets.UTF_8));
    }
    return client.send(HttpRequest.get(uri(uri.toString())));
  }

  JsonNode ok(String path, String... params) throws IOException, InterruptedException {
    HttpResult result = get(path, params);
    assertEquals(200, result.status(), result::text);
    return JSON.readTree(result.text());
  }

  HttpResult post(String path, String body) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.post(uri(path), "application/json", body.getBytes(StandardCharsets.UTF_8)));
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + http.port() + path);
  }

  interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  static byte[] message(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  List<ByteBuffer> stream(String service, String method, byte[] request)
      throws InterruptedException {
    List<ByteBuffer> messages = new ArrayList<>();
    try (GrpcStream stream =
        grpc.stream(service, method, ByteBuffer.wrap(request), PATIENCE, Map.of())) {
      for (ByteBuffer each = stream.next(); each != null; each = stream.next()) {
        messages.add(each);
      }
    }
    return messages;
  }

  byte[] call(String service, String method, byte[] request) throws InterruptedException {
    ByteBuffer answer = grpc.call(service, method, ByteBuffer.wrap(request), PATIENCE, Map.of());
    byte[] bytes = new byte[answer.remaining()];
    answer.get(bytes);
    return bytes;
  }

  @Override
  public void close() {
    closer.close();
  }
}
