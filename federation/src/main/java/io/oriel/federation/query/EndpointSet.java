package io.oriel.federation.query;

import io.oriel.federation.store.GrpcStore;
import io.oriel.federation.store.Store;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.wire.storeapi.InfoResponse;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The endpoints of a query and how each is. {@link #refresh} is called by one thread, now and
/// then; the rest is thread-safe.
///
/// An endpoint stays known while its address is named, also when it is down: its last labels tell
/// which answers are incomplete without it.
public final class EndpointSet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointSet.class);

  /// Opens a client.
  public interface Connector {
    GrpcClient connect(String address) throws IOException;
  }

  /// How endpoints are reached.
  ///
  /// @param named as written in flags and files, asked for at each refresh
  /// @param infoTimeout how long an endpoint may take to say what it is
  /// @param responseTimeout how long a store may take to answer
  public record Access(
      Supplier<List<String>> named,
      Connector connector,
      Duration infoTimeout,
      Duration responseTimeout) {}

  /// What is counted, under Thanos' names.
  public static final class Metrics {
    private final Counter lookups;
    private final Counter failures;
    private final Gauge connections;

    public Metrics(PrometheusRegistry registry) {
      lookups =
          Counter.builder()
              .name("thanos_query_store_apis_dns_lookups_total")
              .help("Endpoint addresses resolved.")
              .register(registry);
      failures =
          Counter.builder()
              .name("thanos_query_store_apis_dns_failures_total")
              .help("Endpoint addresses that could not be resolved.")
              .register(registry);
      connections =
          Gauge.builder()
              .name("thanos_store_nodes_grpc_connections")
              .help("Endpoints that answer, by external labels and kind.")
              .labelNames("external_labels", "store_type")
              .register(registry);
    }
  }

  private final Access access;
  private final InstantSource clock;
  private final Metrics metrics;

  /** By address; for the refreshing thread. */
  private final Map<String, GrpcClient> clients = new LinkedHashMap<>();

  /** What each name stood for when it was last resolved; for the refreshing thread. */
  private final Map<String, List<String>> resolved = new LinkedHashMap<>();

  /** Replaced as a whole by each refresh. */
  private volatile List<Endpoint> endpoints = List.of();

  public EndpointSet(Access access, InstantSource clock, Metrics metrics) {
    this.access = access;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// The endpoints as of the last refresh.
  public List<Endpoint> all() {
    return endpoints;
  }

  /// Resolves the addresses anew and asks every endpoint how it is.
  public void refresh() throws InterruptedException {
    List<String> addresses = addresses();
    for (String address : addresses) {
      connect(address);
    }
    Map<String, Endpoint> before = new LinkedHashMap<>();
    endpoints.forEach(endpoint -> before.put(endpoint.address(), endpoint));
    List<Endpoint> now = new ArrayList<>();
    try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Endpoint>> answers = new ArrayList<>();
      for (String address : addresses) {
        GrpcClient client = clients.get(address);
        if (client != null) {
          Optional<InfoResponse> last =
              Optional.ofNullable(before.get(address)).flatMap(Endpoint::info);
          answers.add(calls.submit(() -> asked(client, last)));
        }
      }
      for (Future<Endpoint> answer : answers) {
        now.add(answer.get());
      }
    } catch (ExecutionException e) {
      LOG.atError().setCause(e).log("endpoint check failed");
      return;
    }
    now.forEach(endpoint -> logChange(before.get(endpoint.address()), endpoint));
    endpoints = List.copyOf(now);
    closeUnused(addresses);
    count(now);
  }

  private List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    for (String name : access.named().get()) {
      metrics.lookups.inc();
      try {
        resolved.put(name, EndpointSource.resolve(name));
      } catch (IOException | OrielException e) {
        metrics.failures.inc();
        LOG.atWarn()
            .addKeyValue("endpoint", name)
            .addKeyValue("reason", e.getMessage())
            .log("cannot resolve endpoint, keeping the previous addresses");
      }
      addresses.addAll(resolved.getOrDefault(name, List.of()));
    }
    return addresses.stream().distinct().toList();
  }

  private void connect(String address) {
    if (clients.containsKey(address)) {
      return;
    }
    try {
      clients.put(address, access.connector().connect(address));
    } catch (IOException | OrielException e) {
      LOG.atError()
          .addKeyValue("endpoint", address)
          .addKeyValue("reason", e.getMessage())
          .log("cannot make a client");
    }
  }

  private Endpoint asked(GrpcClient client, Optional<InfoResponse> last) {
    Store store = new GrpcStore(client, access.responseTimeout());
    Instant now = clock.instant();
    try {
      InfoResponse info = new GrpcStore(client, access.infoTimeout()).info();
      return new Endpoint(
          client.address(), store, Optional.of(client), Optional.of(info), Optional.empty(), now);
    } catch (OrielException e) {
      return new Endpoint(
          client.address(), store, Optional.of(client), last, Optional.of(e.reason()), now);
    }
  }

  private static void logChange(@Nullable Endpoint before, Endpoint now) {
    boolean wasUp = before != null && before.isUp();
    if (now.isUp() && !wasUp) {
      LOG.atInfo()
          .addKeyValue("endpoint", now.address())
          .addKeyValue("labels", now.labelSets())
          .log("endpoint joins");
    } else if (!now.isUp() && (wasUp || before == null)) {
      LOG.atWarn()
          .addKeyValue("endpoint", now.address())
          .addKeyValue("reason", now.lastError().orElse(""))
          .log("endpoint does not answer, answers are partial without it");
    }
  }

  private void closeUnused(List<String> addresses) {
    clients
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !addresses.contains(entry.getKey());
              if (gone) {
                entry.getValue().close();
              }
              return gone;
            });
  }

  private void count(List<Endpoint> now) {
    metrics.connections.clear();
    for (Endpoint endpoint : now) {
      if (endpoint.isUp()) {
        String kind = endpoint.info().map(InfoResponse::component).orElse("");
        metrics.connections.labelValues(String.valueOf(endpoint.labelSets()), kind).inc();
      }
    }
  }

  @Override
  public void close() {
    clients.values().forEach(GrpcClient::close);
  }
}
