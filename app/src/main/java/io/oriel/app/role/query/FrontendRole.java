package io.oriel.app.role.query;

import io.oriel.federation.frontend.FrontendSettings;
import io.oriel.federation.frontend.QueryFrontend;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/// Splits and remembers range queries before a query role. Thread-safe.
///
/// Stopping: no new requests, then the client of the query role.
public final class FrontendRole implements AutoCloseable {
  /// How a query frontend is run.
  public record Options(
      HttpServerConfig http, HttpClientConfig client, FrontendSettings settings) {}

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpServer http;

  private FrontendRole(Options options, String version) throws IOException {
    Telemetry telemetry = new Telemetry("thanos_build_info", version);
    HttpClient client =
        closer.push(HttpClient.create(options.client(), "oriel-query-frontend/" + version));
    Routes routes = new Routes();
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get("/-/ready", _ -> HttpAnswer.text(200, "OK\n"));
    new QueryFrontend(
            options.settings(),
            new QueryFrontend.Parts(
                client,
                InstantSource.system(),
                System::nanoTime,
                Thread::sleep,
                telemetry.registry()))
        .addTo(routes);
    http =
        closer.push(
            HttpServer.start(
                options.http(), routes, new HttpServerMetrics("thanos", telemetry.registry())));
    closer.push(closing::countDown);
  }

  /// Starts the role; when this returns, it is ready. The query role need not be up yet.
  ///
  /// @throws io.oriel.model.error.OrielException when an address is taken or settings contradict
  ///   each other
  public static FrontendRole start(Options options, String version) throws IOException {
    return new FrontendRole(options, version);
  }

  /// Where HTTP is served.
  public int port() {
    return http.port();
  }

  /// Waits until the role is closed.
  public void awaitClose() throws InterruptedException {
    closing.await();
  }

  @Override
  public void close() {
    closer.close();
  }
}
