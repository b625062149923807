package io.oriel.app.topology;

import io.oriel.app.process.SelfTracing;
import io.oriel.app.role.collect.CollectPort;
import io.oriel.app.role.compact.CompactRole;
import io.oriel.app.role.metrics.MetricsOptions;
import io.oriel.app.role.metrics.MetricsRole;
import io.oriel.app.role.metrics.SharingOptions;
import io.oriel.app.role.query.QueryRole;
import io.oriel.app.role.store.StoreRole;
import io.oriel.federation.api.ApiSettings;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.downsample.Resolution;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.federation.storegateway.IndexCache;
import io.oriel.metrics.scrape.IntakeOptions;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.eval.Execution;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.tsdb.TsdbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What runs in a cluster, and how each of it is started: the metrics replicas, which serve
/// StoreAPI and upload their blocks; the store gateway and the compactor of the cluster's bucket;
/// the query over all of them; and in the operations cluster the query over all clusters.
final class ClusterRoles {
  static final String QUERY = "query";
  static final String STORE = "store";
  static final String COMPACT = "compact";
  static final String GLOBAL_QUERY = "global-query";

  private static final String REPLICA_LABEL = "replica";

  /** A lost disk costs this much. */
  private static final Duration EARLY = Duration.ofMinutes(5);

  private static final long STORE_CACHE_BYTES = 32L << 20;
  private static final Duration STORE_SYNC = Duration.ofMinutes(1);
  private static final Duration STORE_TIMEOUT = Duration.ofSeconds(30);

  private final Grounds grounds;
  private final Topology.Cluster cluster;
  private final Addresses.ClusterAddresses own;
  private final BucketConfig bucket;

  /// What every cluster of a platform stands on.
  ///
  /// @param directory where all data lie
  /// @param workers compute queries
  record Grounds(
      Topology topology,
      Addresses addresses,
      Certificates certificates,
      Path directory,
      Execution.Workers workers,
      String version) {
    /// A cluster's roles send spans of their own work to its collector, as many as its
    /// applications.
    SelfTracing tracing(Topology.Cluster cluster) {
      double ratio = topology.traces().samplingIn(cluster.environment());
      return topology.hasTraces() && ratio > 0
          ? new SelfTracing(
              "http://" + addresses.of(cluster.name()).collect().of(CollectPort.OTLP_HTTP), ratio)
          : SelfTracing.off();
    }
  }

  private ClusterRoles(Grounds grounds, Topology.Cluster cluster) throws IOException {
    this.grounds = grounds;
    this.cluster = cluster;
    this.own = grounds.addresses().of(cluster.name());
    this.bucket = bucket(cluster, home());
  }

  /// The roles of a cluster.
  ///
  /// @throws IOException when the object store's config cannot be read
  static List<Roles.Role> of(Grounds grounds, Topology.Cluster cluster) throws IOException {
    ClusterRoles roles = new ClusterRoles(grounds, cluster);
    List<Roles.Role> all = new ArrayList<>();
    for (int i = 0; i < cluster.replicas(); i++) {
      int replica = i;
      all.add(roles.role(metrics(replica), 0, () -> roles.startMetrics(replica)));
    }
    all.add(roles.role(STORE, 0, roles::startStore));
    all.add(roles.role(COMPACT, 0, roles::startCompact));
    all.add(roles.role(QUERY, 1, roles::startQuery));
    if (grounds.topology().isOperations(cluster)) {
      all.add(roles.role(GLOBAL_QUERY, 2, roles::startGlobalQuery));
    }
    all.addAll(LogRoles.of(grounds, cluster));
    all.addAll(TraceRoles.of(grounds, cluster));
    return all;
  }

  /// What the roles of a cluster are called within it.
  static List<String> names(Topology topology, Topology.Cluster cluster) {
    List<String> names = new ArrayList<>();
    for (int replica = 0; replica < cluster.replicas(); replica++) {
      names.add(metrics(replica));
    }
    names.add(STORE);
    names.add(COMPACT);
    names.add(QUERY);
    if (topology.isOperations(cluster)) {
      names.add(GLOBAL_QUERY);
    }
    return names;
  }

  /// What a replica is called.
  static String metrics(int replica) {
    return "metrics-" + replica;
  }

  /// What a role is called among all clusters; its certificate too.
  static String fullName(String cluster, String role) {
    return cluster + "-" + role;
  }

  private Roles.Role role(String name, int wave, Roles.Starter starter) {
    return new Roles.Role(fullName(cluster.name(), name), cluster.name(), wave, starter);
  }

  private Path home() {
    return grounds.directory().resolve(cluster.name());
  }

  private static BucketConfig bucket(Topology.Cluster cluster, Path home) throws IOException {
    String file = cluster.bucket().config();
    return file.isEmpty()
        ? BucketConfig.directory(home.resolve("bucket"))
        : BucketConfig.parse(file, Files.readString(Path.of(file)));
  }

  private MetricsRole startMetrics(int replica) throws IOException, InterruptedException {
    String role = metrics(replica);
    Path home = home().resolve(role);
    Files.createDirectories(home);
    Path config = home.resolve("prometheus.yml");
    Files.writeString(
        config, ClusterConfig.yaml(grounds.topology(), cluster, replica, grounds.addresses()));
    Files.writeString(home.resolve("rules.yml"), ClusterConfig.rules());
    for (Map.Entry<String, String> alerts :
        ClusterConfig.alerts(grounds.topology(), cluster).entrySet()) {
      Files.writeString(home.resolve(alerts.getKey()), alerts.getValue());
    }
    Address address = own.metrics().get(replica);
    MetricsOptions options =
        new MetricsOptions(
            config,
            home.resolve("data"),
            HttpServerConfig.on(address.http()),
            address.url(),
            MetricsOptions.Api.open(),
            TsdbOptions.defaults().withRetention(DurationSyntax.parse(cluster.retention()), 0),
            EngineOptions.DEFAULT,
            MetricsOptions.Rules.standard(),
            new IntakeOptions(false, false, false, replica),
            MetricsOptions.FLUSH_DEADLINE,
            new SharingOptions(
                    Optional.of(
                        grounds.certificates().server(address.grpc(), cluster.name(), role)),
                    Optional.of(bucket))
                .withEarly(EARLY, TsdbOptions.defaults().blockRange()),
            Map.of("config.file", config.toString()));
    return MetricsRole.start(options, new MetricsRole.Shared(grounds.workers(), grounds.version()));
  }

  /// Its caches are small: a laptop runs four of them.
  private StoreRole startStore() throws IOException {
    StoreRole.Options standard =
        StoreRole.Options.standard(
            HttpServerConfig.on(own.store().http()),
            grounds.certificates().server(own.store().grpc(), cluster.name(), STORE),
            bucket,
            home().resolve(STORE));
    return StoreRole.start(
        new StoreRole.Options(
            standard.http(),
            standard.grpc(),
            standard.bucket(),
            standard.directory(),
            standard.gateway(),
            new StoreRole.Caches(IndexCache.Config.ofSize(STORE_CACHE_BYTES), Optional.empty()),
            standard.selection(),
            STORE_SYNC),
        grounds.version());
  }

  /// Merges the replicas' blocks too, so that history is kept once.
  private CompactRole startCompact() throws IOException {
    Path home = home().resolve(COMPACT);
    Topology.LongTerm kept = cluster.bucket();
    CompactRole.Options standard =
        CompactRole.Options.standard(HttpServerConfig.on(own.compact().http()), bucket, home);
    return CompactRole.start(
        new CompactRole.Options(
            standard.http(),
            standard.bucket(),
            standard.data(),
            standard
                .compaction()
                .withReplicaLabels(List.of(REPLICA_LABEL))
                .withRetention(
                    Map.of(
                        Resolution.RAW, kept.raw(),
                        Resolution.FIVE_MINUTES, kept.fiveMinutes(),
                        Resolution.ONE_HOUR, kept.oneHour())),
            Deduplication.PENALTY,
            standard.metaReads(),
            standard.repeat()),
        grounds.tracing(cluster),
        grounds.version());
  }

  private QueryRole startQuery() throws IOException, InterruptedException {
    List<String> stores = new ArrayList<>(own.metrics().stream().map(Address::grpc).toList());
    stores.add(own.store().grpc());
    return query(QUERY, own.query(), stores);
  }

  private QueryRole startGlobalQuery() throws IOException, InterruptedException {
    return query(
        GLOBAL_QUERY,
        grounds.addresses().globalQuery(),
        grounds.addresses().clusters().stream().map(each -> each.query().grpc()).toList());
  }

  private QueryRole query(String role, Address address, List<String> stores)
      throws IOException, InterruptedException {
    Certificates certificates = grounds.certificates();
    return QueryRole.start(
        new QueryRole.Options(
            HttpServerConfig.on(address.http()),
            certificates.server(address.grpc(), cluster.name(), role),
            () -> EndpointSpec.of(stores),
            (store, metrics) ->
                GrpcClient.create(certificates.client(store, cluster.name(), role), metrics),
            STORE_TIMEOUT,
            EngineOptions.DEFAULT,
            ApiSettings.standard(List.of(REPLICA_LABEL))),
        grounds.tracing(cluster),
        grounds.workers(),
        grounds.version());
  }
}
