package io.oriel.app.topology;

import io.oriel.app.role.gateway.GatewayRole;
import io.oriel.app.role.search.SearchRole;
import io.oriel.app.role.ship.ShipRole;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.quota.ClusterQuota;
import io.oriel.gateway.route.GatewayConfig;
import io.oriel.logs.ship.FilebeatConfig;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.WebConfig;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.SearchNodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The roles of a cluster that have to do with logs: a shipper in every one; in the operations
/// cluster the search engine, and the gateway that the shippers send to.
final class LogRoles {
  static final String SEARCH = "search";
  static final String GATEWAY = "gateway";
  static final String SHIP = "ship";

  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final int MAX_CONNECTIONS = 512;
  private static final Duration MAX_CONNECTION_AGE = Duration.ofMinutes(60);

  private final ClusterRoles.Grounds grounds;
  private final Topology.Cluster cluster;

  private LogRoles(ClusterRoles.Grounds grounds, Topology.Cluster cluster) {
    this.grounds = grounds;
    this.cluster = cluster;
  }

  /// The roles of a cluster; none where there is no search engine.
  static List<Roles.Role> of(ClusterRoles.Grounds grounds, Topology.Cluster cluster) {
    List<Roles.Role> all = new ArrayList<>();
    if (!grounds.topology().hasLogs()) {
      return all;
    }
    LogRoles roles = new LogRoles(grounds, cluster);
    if (grounds.topology().isOperations(cluster)) {
      all.add(roles.role(SEARCH, 0, roles::startSearch));
      all.add(roles.role(GATEWAY, 1, roles::startGateway));
    }
    all.add(roles.role(SHIP, 2, roles::startShip));
    return all;
  }

  /// The roles of a cluster that have a certificate under the root of logs and traces.
  static List<String> certified(Topology topology, Topology.Cluster cluster) {
    if (!topology.hasLogs()) {
      return List.of();
    }
    return topology.isOperations(cluster) ? List.of(GATEWAY, SHIP) : List.of(SHIP);
  }

  private Roles.Role role(String name, int wave, Roles.Starter starter) {
    return new Roles.Role(
        ClusterRoles.fullName(cluster.name(), name), cluster.name(), wave, starter);
  }

  private Path home(String role) {
    return grounds.directory().resolve(cluster.name()).resolve(role);
  }

  private Addresses.LogAddresses addresses() {
    return grounds.addresses().logs();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private SearchRole startSearch() throws IOException, InterruptedException {
    SearchRole role = search();
    try {
      TraceRoles.prepare(grounds.topology(), engine(grounds), grounds.version());
      return role;
    } catch (IOException | InterruptedException | RuntimeException e) {
      role.close();
      throw e;
    }
  }

  private SearchRole search() throws IOException, InterruptedException {
    HttpServerConfig web = HttpServerConfig.on(addresses().search());
    if (!grounds.topology().searchEngine().equals(Topology.EMBEDDED)) {
      return SearchRole.over(engine(grounds), web, grounds.tracing(cluster), grounds.version());
    }
    SearchNodeConfig node =
        SearchNodeConfig.in(home(SEARCH).resolve("data"))
            .withPorts(port(addresses().engine()), port(addresses().engineTransport()));
    return SearchRole.start(
        new SearchRole.Options(node, web, true), grounds.tracing(cluster), grounds.version());
  }

  /// How the operations cluster reaches the engine.
  static SearchClientConfig engine(ClusterRoles.Grounds grounds) {
    return SearchClientConfig.of(grounds.topology().engineAt(grounds.addresses().logs().engine()));
  }

  private GatewayRole startGateway() throws IOException {
    GrpcServerConfig.ServerTls tls = grounds.certificates().logServer(cluster.name(), GATEWAY);
    GatewayConfig config = gateway();
    HttpServerConfig door =
        new HttpServerConfig(
            addresses().gateway(),
            "",
            Duration.ofMinutes(5),
            MAX_CONNECTIONS,
            config.limits().bodyBytes(),
            "",
            new WebConfig(
                Optional.of(
                    new WebConfig.Tls(
                        tls.material(), WebConfig.ClientAuth.REQUIRED, tls.revocations())),
                Map.of(),
                Map.of()));
    Files.createDirectories(home(GATEWAY));
    return GatewayRole.start(
        new GatewayRole.Options(
            door,
            Optional.of(
                new GrpcServerConfig(
                    addresses().gatewayGrpc(),
                    Optional.of(tls),
                    MAX_MESSAGE_BYTES,
                    MAX_CONNECTION_AGE)),
            HttpServerConfig.on(addresses().gatewayOperations()),
            config,
            Optional.of(home(GATEWAY).resolve("audit.log")),
            GatewayRole.Options.STANDARD_AUDIT_BYTES),
        grounds.tracing(cluster),
        grounds.version());
  }

  private GatewayConfig gateway() {
    Map<String, GatewayConfig.Cluster> clusters = new LinkedHashMap<>();
    for (Topology.Cluster each : grounds.topology().clusters()) {
      clusters.put(each.name(), new GatewayConfig.Cluster(each.environment(), ClusterQuota.NONE));
    }
    return new GatewayConfig(
        List.of(grounds.topology().engineAt(addresses().engine())),
        HttpClientConfig.standard(),
        clusters,
        ClusterQuota.NONE,
        List.of(),
        List.of(),
        GatewayConfig.STANDARD_VERSION,
        GatewayConfig.Limits.standard());
  }

  private ShipRole startShip() throws IOException {
    Path home = home(SHIP);
    Files.createDirectories(home);
    Path config = home.resolve("filebeat.yml");
    Files.writeString(config, filebeat());
    FilebeatConfig.Loaded loaded =
        FilebeatConfig.load(
            config,
            new FilebeatConfig.Given(
                List.of(),
                Map.of(),
                Optional.of(home.resolve("data")),
                Map.of(),
                System::nanoTime));
    return ShipRole.start(
        new ShipRole.Options(
            loaded,
            HttpServerConfig.on(grounds.addresses().of(cluster.name()).ship()),
            cluster.name()),
        grounds.tracing(cluster),
        grounds.version());
  }

  /// The filebeat.yml that `up` writes: ordinary, readable, and free to be looked at.
  private String filebeat() {
    CertificateAuthority root = grounds.certificates().logAuthority();
    String name = ClusterRoles.fullName(cluster.name(), SHIP);
    List<String> paths = new ArrayList<>();
    paths.add(PlatformLogs.pattern(grounds.directory(), cluster.name()));
    paths.addAll(cluster.logs());
    StringBuilder list = new StringBuilder();
    for (String path : paths) {
      list.append("      - '").append(path.replace("'", "''")).append("'\n");
    }
    return """
        # written by oriel up; changes are lost at its next start
        filebeat.inputs:
          - type: filestream
            id: containers
            paths:
        %s    parsers:
              - container: {stream: all, format: auto}
              - ndjson: {target: "", overwrite_keys: true, ignore_decoding_error: true}
        oriel:
          cluster: %s
          environment: %s
        output.elasticsearch:
          hosts: ["https://%s"]
          ssl.certificate_authorities: ['%s']
          ssl.certificate: '%s'
          ssl.key: '%s'
        """
        .formatted(
            list,
            cluster.name(),
            cluster.environment(),
            addresses().gateway(),
            root.rootFile().toAbsolutePath(),
            root.certificateFile(name).toAbsolutePath(),
            root.keyFile(name).toAbsolutePath());
  }
}
