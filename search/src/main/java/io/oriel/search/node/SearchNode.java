package io.oriel.search.node;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.search.lifecycle.LifecyclePlugin;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.ClusterStateListener;
import org.opensearch.cluster.health.ClusterHealthStatus;
import org.opensearch.cluster.health.ClusterStateHealth;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.settings.SettingsException;
import org.opensearch.gateway.GatewayService;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.Node;
import org.opensearch.node.NodeValidationException;
import org.opensearch.plugins.PluginsService;
import org.opensearch.transport.TransportService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A search engine node in this process. Thread-safe.
///
/// What a request was told is stored survives a kill at any moment: the engine syncs its
/// transaction log before it answers.
///
/// Closing stops accepting, lets the engine flush, and gives the directory free.
public final class SearchNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SearchNode.class);

  /** Otherwise the engine wants to be the first user of Netty in the process. */
  private static final String OWN_NETTY = "opensearch.set.netty.runtime.available.processors";

  /**
   * Lucene warns at each start that it does without an incubating module; held so that it stays.
   */
  private static final java.util.logging.Logger VECTORS =
      java.util.logging.Logger.getLogger(
          "org.apache.lucene.internal.vectorization.VectorizationProvider");

  private static final long CLOSE_SECONDS = 20;
  private static final long RECOVERY_SECONDS = 15;

  private final SearchNodeConfig config;
  private final Node node;

  private SearchNode(SearchNodeConfig config, Node node) {
    this.config = config;
    this.node = node;
  }

  /// Starts a node; when this returns it serves, and is in its cluster if the others are there.
  ///
  /// @param clock what the ages of indices are measured by
  /// @throws OrielException UNAVAILABLE when another process has the directory or a port is taken,
  ///   INVALID when the engine refuses a setting
  /// @throws IOException when the directory cannot be made or read
  public static SearchNode start(SearchNodeConfig config, InstantSource clock) throws IOException {
    Files.createDirectories(config.data());
    System.setProperty(OWN_NETTY, "false");
    VECTORS.setLevel(Level.SEVERE);
    Settings settings = EngineSettings.of(config);
    Node node = construct(config, settings);
    try {
      node.injector()
          .getInstance(PluginsService.class)
          .filterPlugins(LifecyclePlugin.class)
          .forEach(plugin -> plugin.useClock(clock));
      node.start();
      awaitRecovery(node);
    } catch (NodeValidationException | RuntimeException e) {
      closeAfterFailure(node, e);
      throw refusal(config, e);
    }
    SearchNode started = new SearchNode(config, node);
    LOG.atInfo()
        .addKeyValue("node", config.nodeName())
        .addKeyValue("http", started.port())
        .log("search engine node serves");
    return started;
  }

  /// Waits until what lay on disk is known; a cluster whose other nodes are away is not waited for
  /// for long.
  private static void awaitRecovery(Node node) {
    ClusterService cluster = node.injector().getInstance(ClusterService.class);
    CountDownLatch known = new CountDownLatch(1);
    ClusterStateListener listener =
        event -> {
          if (isRecovered(event.state())) {
            known.countDown();
          }
        };
    cluster.addListener(listener);
    try {
      if (!isRecovered(cluster.state()) && !known.await(RECOVERY_SECONDS, TimeUnit.SECONDS)) {
        LOG.atWarn().log("search engine node has not found its cluster yet, serving without it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cluster.removeListener(listener);
    }
  }

  private static boolean isRecovered(ClusterState state) {
    return state.nodes().getClusterManagerNode() != null
        && !state.blocks().hasGlobalBlock(GatewayService.STATE_NOT_RECOVERED_BLOCK);
  }

  private static Node construct(SearchNodeConfig config, Settings settings) {
    try {
      return new EmbeddedNode(config, settings);
    } catch (RuntimeException e) {
      throw refusal(config, e);
    }
  }

  private static void closeAfterFailure(Node node, Exception failure) {
    try {
      node.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static OrielException refusal(SearchNodeConfig config, Exception e) {
    StringBuilder why = new StringBuilder();
    boolean invalid = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("failed to obtain node locks")) {
        return new OrielException(
            Kind.UNAVAILABLE,
            "cannot open "
                + config.data()
                + ": another process has it locked, or it is not writable; stop that process or"
                + " name another directory",
            e);
      }
      invalid |= cause instanceof IllegalArgumentException || cause instanceof SettingsException;
      if (why.indexOf(message) < 0) {
        why.append(why.isEmpty() ? "" : ": ").append(message);
      }
    }
    return new OrielException(
        invalid ? Kind.INVALID : Kind.UNAVAILABLE,
        "cannot start search engine node " + config.nodeName() + ": " + why,
        e);
  }

  /// The port that HTTP is served on.
  public int port() {
    return node.injector()
        .getInstance(HttpServerTransport.class)
        .boundAddress()
        .publishAddress()
        .getPort();
  }

  /// The port for other nodes.
  public int transportPort() {
    return node.injector()
        .getInstance(TransportService.class)
        .boundAddress()
        .publishAddress()
        .getPort();
  }

  /// Where a client finds it.
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /// Whether it can take and find documents; asks no other machine.
  public Health check() {
    if (node.isClosed()) {
      return Health.bad("node " + config.nodeName() + " is closed");
    }
    ClusterState state = node.injector().getInstance(ClusterService.class).state();
    if (state.nodes().getClusterManagerNode() == null) {
      return Health.bad("cluster " + config.clusterName() + " has no cluster manager");
    }
    ClusterStateHealth health = new ClusterStateHealth(state);
    return health.getStatus() == ClusterHealthStatus.RED
        ? Health.bad(
            "cluster "
                + config.clusterName()
                + " is red: "
                + health.getUnassignedShards()
                + " shards are unassigned")
        : Health.OK;
  }

  /// Registers what the node tells about itself: `elasticsearch_*` under the names of the common
  /// exporter, `oriel_search_*` for the rest.
  public void register(PrometheusRegistry registry) {
    registry.register(new NodeMetrics(node));
  }

  @Override
  public void close() {
    try {
      node.close();
      if (!node.awaitClose(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.atWarn()
            .addKeyValue("node", config.nodeName())
            .log("search engine node still has work running, left it to end by itself");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new OrielException(
          Kind.UNAVAILABLE, "cannot close search engine node: " + e.getMessage(), e);
    }
  }
}
