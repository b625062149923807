package io.oriel.app.role.search;

import io.oriel.app.process.RolePage;
import io.oriel.app.process.SelfTracing;
import io.oriel.logs.api.LogApi;
import io.oriel.logs.search.LogAccess;
import io.oriel.logs.search.LogSearch;
import io.oriel.logs.search.SavedSearches;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.runtime.trace.Tracer;
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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// The search engine in which logs and spans lie, one in this process or one elsewhere, and the
/// search for log lines over it. Thread-safe.
///
/// Stopping: no more searches, metrics and health, then an engine of our own stops accepting,
/// flushes and closes.
public final class SearchRole implements AutoCloseable {
  /// How a search engine is run.
  ///
  /// @param web where metrics and health are served
  /// @param bootstrapLogs whether the template and the policy of logs are made at the start
  public record Options(SearchNodeConfig node, HttpServerConfig web, boolean bootstrapLogs) {}

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final URI engine;
  private final HttpServer web;

  private SearchRole(
      Optional<SearchNode> node,
      Engine engine,
      HttpServerConfig web,
      SelfTracing tracing,
      String version)
      throws IOException, InterruptedException {
    this.engine = engine.at().urls().getFirst();
    node.ifPresent(closer::push);
    try {
      Telemetry telemetry = new Telemetry("oriel_search_build_info", version);
      node.ifPresent(ours -> ours.register(telemetry.registry()));
      Tracer tracer = tracing.start("oriel-search", telemetry.registry(), closer);
      SearchClient client =
          closer.push(SearchClient.create(engine.at(), "oriel-search/" + version));
      if (engine.bootstrapLogs()) {
        makeLogs(client);
      }
      Routes routes = new Routes();
      routes.get("/", _ -> RolePage.answer("search", version));
      routes.get("/metrics", telemetry::expose);
      routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
      routes.get("/-/ready", _ -> node.isPresent() ? ready(node.get()) : ready(client));
      new LogApi(
              new LogSearch(client, InstantSource.system()),
              new SavedSearches(client),
              _ -> LogAccess.everything(),
              new LogApi.Surroundings(InstantSource.system(), Thread::sleep))
          .addTo(routes);
      this.web =
          closer.push(
              HttpServer.start(
                  web,
                  routes.traced(tracer),
                  new HttpServerMetrics("oriel_search", telemetry.registry())));
      closer.push(closing::countDown);
    } catch (IOException | InterruptedException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /// Where the engine is, and whether its log template is ours to make.
  private record Engine(SearchClientConfig at, boolean bootstrapLogs) {}

  private static void makeLogs(SearchClient client) throws InterruptedException {
    Bootstrap bootstrap = new Bootstrap(client);
    Retention retention = Retention.logs();
    int nodes = client.cluster().health().dataNodes();
    bootstrap.policy(StoreTemplates.LOGS, retention, List.of("logs-*-*"));
    bootstrap.template(
        StoreTemplates.logs(ShardPlan.of(retention.rolloverShardBytes() / 2, nodes)));
  }

  private static HttpAnswer ready(SearchNode node) {
    Health health = node.check();
    return health.ok()
        ? HttpAnswer.text(200, "OK\n")
        : HttpAnswer.text(503, health.reason() + "\n");
  }

  private static HttpAnswer ready(SearchClient client) throws InterruptedException {
    String status = client.cluster().health().status();
    return HttpAnswer.text(status.equals("red") ? 503 : 200, status + "\n");
  }

  /// Starts a node of our own; when this returns, it is ready.
  ///
  /// @throws io.oriel.model.error.OrielException when the directory is another process', a port is
  ///   taken or the engine refuses a setting
  public static SearchRole start(Options options, String version)
      throws IOException, InterruptedException {
    return start(options, SelfTracing.off(), version);
  }

  /// The same, with searches for log lines in traces.
  public static SearchRole start(Options options, SelfTracing tracing, String version)
      throws IOException, InterruptedException {
    SearchNode node = SearchNode.start(options.node(), InstantSource.system());
    return new SearchRole(
        Optional.of(node),
        new Engine(SearchClientConfig.of(node.uri()), options.bootstrapLogs()),
        options.web(),
        tracing,
        version);
  }

  /// Serves log search over an engine elsewhere; its log template and policy are made unless they
  /// are there.
  ///
  /// @throws io.oriel.model.error.OrielException when it does not answer, or a port is taken
  public static SearchRole over(SearchClientConfig engine, HttpServerConfig web, String version)
      throws IOException, InterruptedException {
    return over(engine, web, SelfTracing.off(), version);
  }

  /// The same, with searches for log lines in traces.
  public static SearchRole over(
      SearchClientConfig engine, HttpServerConfig web, SelfTracing tracing, String version)
      throws IOException, InterruptedException {
    return new SearchRole(Optional.empty(), new Engine(engine, true), web, tracing, version);
  }

  /// Where clients find the engine.
  public URI engine() {
    return engine;
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
