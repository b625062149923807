package io.oriel.app.role;

import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.Health;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.search.template.Bootstrap;
import io.oriel.search.template.Retention;
import io.oriel.search.template.ShardPlan;
import io.oriel.search.template.StoreTemplates;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The search engine in which logs and spans lie. Thread-safe.
///
/// Stopping: no more metrics and health, then the engine stops accepting, flushes and closes.
public final class SearchRole implements AutoCloseable {
  /// How a search engine is run.
  ///
  /// @param web where metrics and health are served
  /// @param bootstrapLogs whether the template and the policy of logs are made at the start
  public record Options(SearchNodeConfig node, HttpServerConfig web, boolean bootstrapLogs) {}

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final SearchNode node;
  private final HttpServer web;

  private SearchRole(Options options, String version) throws IOException, InterruptedException {
    node = closer.push(SearchNode.start(options.node(), InstantSource.system()));
    Telemetry telemetry = new Telemetry("oriel_search_build_info", version);
    node.register(telemetry.registry());
    if (options.bootstrapLogs()) {
      makeLogs(version);
    }
    Routes routes = new Routes();
    routes.get("/", _ -> RolePage.answer("search", version));
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get("/-/ready", _ -> ready());
    web =
        closer.push(
            HttpServer.start(
                options.web(),
                routes,
                new HttpServerMetrics("oriel_search", telemetry.registry())));
    closer.push(closing::countDown);
  }

  private void makeLogs(String version) throws IOException, InterruptedException {
    try (SearchClient client =
        SearchClient.create(SearchClientConfig.of(node.uri()), "oriel-search/" + version)) {
      Bootstrap bootstrap = new Bootstrap(client);
      Retention retention = Retention.logs();
      int nodes = client.cluster().health().dataNodes();
      bootstrap.policy(StoreTemplates.LOGS, retention, List.of("logs-*-*"));
      bootstrap.template(
          StoreTemplates.logs(ShardPlan.of(retention.rolloverShardBytes() / 2, nodes)));
    }
  }

  private HttpAnswer ready() {
    Health health = node.check();
    return health.ok()
        ? HttpAnswer.text(200, "OK\n")
        : HttpAnswer.text(503, health.reason() + "\n");
  }

  /// Starts the role; when this returns, it is ready.
  ///
  /// @throws io.oriel.model.error.OrielException when the directory is another process', a port is
  ///   taken or the engine refuses a setting
  public static SearchRole start(Options options, String version)
      throws IOException, InterruptedException {
    return new SearchRole(options, version);
  }

  /// Where clients find the engine.
  public URI engine() {
    return node.uri();
  }

  /// The port for other nodes of the cluster.
  public int transportPort() {
    return node.transportPort();
  }

  /// The port of metrics and health.
  public int port() {
    return web.port();
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
