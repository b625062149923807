package io.oriel.federation.query;

import io.oriel.federation.query.EndpointSpec.Spread;
import io.oriel.federation.store.GrpcStore;
import io.oriel.federation.store.Store;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.dns.EndpointAddresses;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.wire.storeapi.InfoResponse;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
    /// @param own how this endpoint is reached, whose address is not looked at; empty: as all
    ///   others
    GrpcClient connect(String address, Optional<GrpcClientConfig> own) throws IOException;
  }

  /// How endpoints are reached.
  ///
  /// @param named as written in flags and files, asked for at each refresh
  /// @param dns where SRV records are looked up
  /// @param infoTimeout how long an endpoint may take to say what it is
  /// @param responseTimeout how long a store may take to answer
  public record Access(
      Supplier<List<EndpointSpec>> named,
      DnsResolver dns,
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

  /** For the refreshing thread. */
  private final Map<Target, GrpcClient> clients = new LinkedHashMap<>();

  /** What each name stood for when it was last resolved; for the refreshing thread. */
  private final Map<String, List<String>> resolved = new LinkedHashMap<>();

  /** How often was refreshed; for the refreshing thread. */
  private int rounds;

  /** Replaced as a whole by each refresh. */
  private volatile List<Endpoint> endpoints = List.of();

  /// Whom a client speaks to, and how.
  private record Target(String address, Optional<GrpcClientConfig> own) {}

  public EndpointSet(Access access, InstantSource clock, Metrics metrics) {
    this.access = access;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// The endpoints as of the last refresh.
  public List<Endpoint> all() {
    return endpoints;
  }

  /// Resolves the addresses anew and asks every endpoint how it is. Of a group, the members that
  /// answer take turns, one refresh each.
  public void refresh() throws InterruptedException {
    Map<EndpointSpec, List<Target>> named = named();
    Set<Target> targets = new LinkedHashSet<>();
    named.values().forEach(targets::addAll);
    targets.forEach(this::connect);
    Map<String, Endpoint> before = new LinkedHashMap<>();
    endpoints.forEach(endpoint -> before.put(endpoint.address(), endpoint));
    List<Endpoint> now = new ArrayList<>();
    try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<EndpointSpec, List<Future<Endpoint>>> asked = new LinkedHashMap<>();
      named.forEach(
          (spec, found) ->
              asked.put(
                  spec, found.stream().flatMap(one -> ask(calls, spec, one, before)).toList()));
      for (Map.Entry<EndpointSpec, List<Future<Endpoint>>> each : asked.entrySet()) {
        List<Endpoint> answers = new ArrayList<>();
        for (Future<Endpoint> answer : each.getValue()) {
          answers.add(answer.get());
        }
        now.addAll(each.getKey().spread() == Spread.GROUP ? turn(answers) : answers);
      }
    } catch (ExecutionException e) {
      LOG.atError().setCause(e).log("endpoint check failed");
      return;
    }
    rounds++;
    now.forEach(endpoint -> logChange(before.get(endpoint.address()), endpoint));
    endpoints = List.copyOf(now);
    closeUnused(targets);
    count(now);
  }

  /// The member of a group whose turn it is, of those that answer where one does.
  private List<Endpoint> turn(List<Endpoint> members) {
    List<Endpoint> up = members.stream().filter(Endpoint::isUp).toList();
    List<Endpoint> chosen = up.isEmpty() ? members : up;
    return chosen.isEmpty() ? List.of() : List.of(chosen.get(rounds % chosen.size()));
  }

  private Stream<Future<Endpoint>> ask(
      ExecutorService calls, EndpointSpec spec, Target target, Map<String, Endpoint> before) {
    GrpcClient client = clients.get(target);
    if (client == null) {
      return Stream.empty();
    }
    String name = spec.spread() == Spread.GROUP ? spec.name() : target.address();
    Optional<InfoResponse> last = Optional.ofNullable(before.get(name)).flatMap(Endpoint::info);
    return Stream.of(calls.submit(() -> asked(name, client, last)));
  }

  /// The targets of each name; an address that several names have belongs to the first.
  private Map<EndpointSpec, List<Target>> named() {
    Map<EndpointSpec, List<Target>> named = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (EndpointSpec spec : access.named().get()) {
      metrics.lookups.inc();
      try {
        resolved.put(spec.name(), EndpointAddresses.resolve(spec.name(), access.dns()));
      } catch (IOException | OrielException e) {
        metrics.failures.inc();
        LOG.atWarn()
            .addKeyValue("endpoint", spec.name())
            .addKeyValue("reason", e.getMessage())
            .log("cannot resolve endpoint, keeping the previous addresses");
      }
      List<Target> targets =
          resolved.getOrDefault(spec.name(), List.of()).stream()
              .filter(seen::add)
              .map(address -> new Target(address, spec.client()))
              .toList();
      named.putIfAbsent(spec, targets);
    }
    return named;
  }

  private void connect(Target target) {
    if (clients.containsKey(target)) {
      return;
    }
    try {
      clients.put(target, access.connector().connect(target.address(), target.own()));
    } catch (IOException | OrielException e) {
      LOG.atError()
          .addKeyValue("endpoint", target.address())
          .addKeyValue("reason", e.getMessage())
          .log("cannot make a client");
    }
  }

  private Endpoint asked(String name, GrpcClient client, Optional<InfoResponse> last) {
    Store store = new GrpcStore(client, access.responseTimeout());
    Instant now = clock.instant();
    try {
      InfoResponse info = new GrpcStore(client, access.infoTimeout()).info();
      return new Endpoint(
          name, store, Optional.of(client), Optional.of(info), Optional.empty(), now);
    } catch (OrielException e) {
      return new Endpoint(name, store, Optional.of(client), last, Optional.of(e.reason()), now);
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

  private void closeUnused(Set<Target> targets) {
    clients
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !targets.contains(entry.getKey());
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
