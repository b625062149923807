package io.oriel.app.role.search;

import io.oriel.runtime.config.Secret;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.http.WebConfig;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// TLS and the engine's own ways of logging in before a node that has neither: what an external
/// cluster looks like from outside. A user may be known and still not be allowed to do anything.
final class SecuredEngine implements AutoCloseable {
  static final String USER = "oriel";
  static final String PASSWORD = "correct horse";
  static final String API_KEY = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==";
  static final String GUEST = "guest";

  private final URI node;
  private final HttpClient client;
  private final HttpServer server;

  SecuredEngine(URI node, Path certificate, Path key) throws IOException {
    this.node = node;
    this.client = HttpClient.create(HttpClientConfig.standard(), "front");
    TlsConfig tls =
        new TlsConfig(
            "",
            "",
            "",
            certificate.toString(),
            Secret.none(),
            key.toString(),
            "",
            false,
            TlsVersion.TLS12,
            TlsVersion.TLS13);
    this.server =
        HttpServer.start(
            new HttpServerConfig(
                "127.0.0.1:0",
                "",
                Duration.ofMinutes(1),
                64,
                100 << 20,
                "",
                new WebConfig(
                    Optional.of(
                        new WebConfig.Tls(tls, WebConfig.ClientAuth.NONE, Optional.empty())),
                    Map.of(),
                    Map.of())),
            new Routes().otherwise(this::answer),
            new HttpServerMetrics("front", new PrometheusRegistry()));
  }

  URI uri() {
    return URI.create("https://localhost:" + server.port());
  }

  private static String basic(String user) {
    String pair = user + ":" + PASSWORD;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private HttpAnswer answer(HttpCall call) throws IOException, InterruptedException {
    String who = call.header("authorization");
    if (who.equals(basic(GUEST))) {
      return refusal(403, "action is unauthorized for user [guest]");
    }
    if (!who.equals(basic(USER)) && !who.equals("ApiKey " + API_KEY)) {
      return refusal(401, "unable to authenticate for REST request [" + call.path() + "]")
          .header("www-authenticate", "Basic realm=\"security\"");
    }
    HttpRequest request =
        HttpRequest.of(call.method(), URI.create(node + call.target()), call.body());
    for (String name : List.of("content-type", "content-encoding")) {
      if (!call.header(name).isEmpty()) {
        request = request.withHeader(name, call.header(name));
      }
    }
    HttpResult result = client.send(request);
    return HttpAnswer.of(result.status(), result.header("content-type"), result.body())
        .header("x-elastic-product", "Elasticsearch");
  }

  /// As Elasticsearch's security answers.
  private static HttpAnswer refusal(int status, String reason) {
    return HttpAnswer.json(
        status,
        ("{\"error\":{\"root_cause\":[],\"type\":\"security_exception\",\"reason\":\""
                + reason
                + "\"},\"status\":"
                + status
                + "}")
            .getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
