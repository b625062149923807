package io.oriel.app.topology;

import io.oriel.app.role.collect.CollectOptions;
import io.oriel.app.role.collect.CollectPort;
import io.oriel.app.role.collect.CollectRole;
import io.oriel.app.role.traces.TracesRole;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.template.Retention;
import io.oriel.search.template.ShardPlan;
import io.oriel.traces.api.Traces;
import io.oriel.traces.assemble.Adjusters;
import io.oriel.traces.batch.SpanQueue;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanIndices;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources;
import io.oriel.traces.receive.SpanIntake;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The roles of a cluster that have to do with traces: a collector in every one, which writes
/// through the gateway; in the operations cluster what finds traces. Spans of an environment are in
/// indices of their own, `jaeger-ENVIRONMENT-jaeger-span-DAY`: daily ones come into being with
/// their first document, so that an environment without spans costs nothing but its templates.
final class TraceRoles {
  static final String COLLECT = "collect";
  static final String TRACES = "traces";

  /** What {@link SpanSources} reads: all environments. */
  private static final String ALL = "*";

  private static final int MAX_TRACE_SPANS = 250_000;

  /** A laptop runs four collectors. */
  private static final SpanQueue.Bounds QUEUE = new SpanQueue.Bounds(20_000, 32L << 20);

  private static final CollectOptions.Derived DERIVED =
      new CollectOptions.Derived(20_000, Duration.ofSeconds(15), 1_000);

  private final ClusterRoles.Grounds grounds;
  private final Topology.Cluster cluster;

  private TraceRoles(ClusterRoles.Grounds grounds, Topology.Cluster cluster) {
    this.grounds = grounds;
    this.cluster = cluster;
  }

  /// The roles of a cluster; none where spans are not collected.
  static List<Roles.Role> of(ClusterRoles.Grounds grounds, Topology.Cluster cluster) {
    List<Roles.Role> all = new ArrayList<>();
    if (!grounds.topology().hasTraces()) {
      return all;
    }
    TraceRoles roles = new TraceRoles(grounds, cluster);
    if (grounds.topology().isOperations(cluster)) {
      all.add(roles.role(TRACES, 1, roles::startTraces));
    }
    all.add(roles.role(COLLECT, 2, roles::startCollect));
    return all;
  }

  /// The roles of a cluster that have a certificate under the root of logs and traces.
  static List<String> certified(Topology topology) {
    return topology.hasTraces() ? List.of(COLLECT) : List.of();
  }

  private Roles.Role role(String name, int wave, Roles.Starter starter) {
    return new Roles.Role(
        ClusterRoles.fullName(cluster.name(), name), cluster.name(), wave, starter);
  }

  private static IndexNames indices(String environment) {
    return new IndexNames("jaeger-" + environment, Rotation.PERIODIC);
  }

  /// Makes the engine ready for the spans of all environments. It has to be done before anybody
  /// writes, for a document that finds no template makes an index with a mapping of its own.
  static void prepare(Topology topology, SearchClientConfig engine, String version)
      throws IOException, InterruptedException {
    if (!topology.hasTraces()) {
      return;
    }
    Set<String> environments = new LinkedHashSet<>();
    topology.clusters().forEach(each -> environments.add(each.environment()));
    try (SearchClient client = SearchClient.create(engine, "oriel-up/" + version)) {
      Retention retention = Retention.spans();
      ShardPlan shards =
          ShardPlan.of(retention.rolloverShardBytes() / 2, client.cluster().health().dataNodes());
      for (String environment : environments) {
        new SpanIndices(indices(environment), shards).prepare(client, retention);
      }
    }
  }

  private TracesRole startTraces() throws IOException {
    Address address = grounds.addresses().traces();
    return TracesRole.start(
        new TracesRole.Options(
            LogRoles.engine(grounds),
            new SpanSources(List.of(ALL)),
            TagFields.none(),
            new Traces.Limits(new Adjusters(Duration.ZERO), MAX_TRACE_SPANS),
            HttpServerConfig.on(address.http()),
            new TracesRole.Grpc(
                GrpcServerConfig.plain(address.grpc()),
                Optional.of(GrpcServerConfig.plain(grounds.addresses().storage())))),
        grounds.tracing(cluster),
        grounds.version());
  }

  private CollectRole startCollect() throws IOException {
    Addresses.CollectAddresses own = grounds.addresses().of(cluster.name()).collect();
    CollectOptions.Builder options =
        CollectOptions.to(gateway(), new SpanIntake.Stamp(cluster.name(), cluster.environment()))
            .operations(HttpServerConfig.on(own.operations()))
            .indices(indices(cluster.environment()), TagFields.none())
            .queue(QUEUE)
            .journal(grounds.directory().resolve(cluster.name()).resolve(COLLECT))
            .derived(DERIVED)
            .tracing(grounds.tracing(cluster))
            .headProbability(grounds.topology().traces().samplingIn(cluster.environment()));
    for (CollectPort port : CollectPort.values()) {
      options.listen(port, own.of(port));
    }
    return CollectRole.start(options.build(), grounds.version());
  }

  private SearchClientConfig gateway() {
    CertificateAuthority root = grounds.certificates().logAuthority();
    String name = ClusterRoles.fullName(cluster.name(), COLLECT);
    return SearchClientConfig.of(URI.create("https://" + grounds.addresses().logs().gateway()))
        .withTls(
            new TlsConfig(
                "",
                root.rootFile().toString(),
                "",
                root.certificateFile(name).toString(),
                Secret.none(),
                root.keyFile(name).toString(),
                "",
                false,
                TlsVersion.TLS13,
                TlsVersion.TLS13));
  }
}
