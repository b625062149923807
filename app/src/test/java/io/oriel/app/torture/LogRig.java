package io.oriel.app.torture;

import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.query.SearchRequest;
import io.oriel.testkit.Peer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A shipper, a gateway and a search engine, each a process of its own, with certificates and a
/// directory of log files.
final class LogRig implements AutoCloseable {
  private static final String INDEX = "logs-dev-01-default";
  private static final long DRAIN_SECONDS = 900;

  final Path directory;
  final Path logs;
  final RoleProcess search;
  final RoleProcess gateway;
  final RoleProcess ship;
  private final Closer closer = new Closer();
  private final HttpClient client;
  private final String shipAddress = Peer.freeAddress();
  private final String door = Peer.freeAddress();
  private final URI engine = URI.create("http://" + Peer.freeAddress());

  /// Starts everything; when it returns, all of it serves.
  ///
  /// @param more settings of the shipper
  LogRig(Path directory, String more) throws IOException, InterruptedException {
    this.directory = directory;
    this.logs = Files.createDirectories(directory.resolve("logs"));
    this.client = closer.push(HttpClient.create(HttpClientConfig.standard(), "torture"));
    CertificateAuthority authority =
        Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom())
            .authority(Trust.LOGS_TRACES);
    authority.issue(wish("gateway", "ops-01"));
    authority.issue(wish("ship", "dev-01"));
    search = search();
    gateway = gateway(authority);
    ship = ship(authority, more);
    try {
      for (RoleProcess process : List.of(search, gateway, ship)) {
        process.start();
        process.await();
      }
    } catch (IOException | InterruptedException | Error e) {
      closer.close();
      throw e;
    }
  }

  private static CertificateWish wish(String name, String cluster) {
    return new CertificateWish(name, cluster, List.of("localhost"), Duration.ofDays(1));
  }

  private RoleProcess process(String role, String operations, String path, List<String> arguments) {
    return closer.push(
        new RoleProcess(
            role,
            arguments,
            URI.create("http://" + operations + path),
            directory.resolve(role + ".log"),
            client));
  }

  private static String port(String address) {
    return address.substring(address.indexOf(':') + 1);
  }

  private RoleProcess search() throws IOException {
    String web = Peer.freeAddress();
    return process(
        "search",
        web,
        "/-/ready",
        List.of(
            "--path.data=" + directory.resolve("engine"),
            "--http.port=" + engine.getPort(),
            "--transport.port=" + port(Peer.freeAddress()),
            "--web.listen-address=" + web,
            "-E",
            "cluster.routing.allocation.disk.threshold_enabled=false"));
  }

  private RoleProcess gateway(CertificateAuthority authority) throws IOException {
    String operations = Peer.freeAddress();
    return process(
        "gateway",
        operations,
        "/-/healthy",
        List.of(
            "--engine.url=" + engine,
            "--listen-address=" + door,
            "--grpc-address=",
            "--web.listen-address=" + operations,
            "--tls-cert=" + authority.certificateFile("gateway"),
            "--tls-key=" + authority.keyFile("gateway"),
            "--tls-client-ca=" + authority.rootFile(),
            "--tls-client-crl=" + authority.revocationsFile()));
  }

  private RoleProcess ship(CertificateAuthority authority, String more) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("filebeat.yml"),
            """
            filebeat.inputs:
              - type: filestream
                id: torture
                paths: ['%s/*.log*']
                prospector.scanner.check_interval: 200ms
                compression: gzip
            oriel: {cluster: dev-01, environment: dev}
            output.elasticsearch:
              hosts: ["https://localhost:%s"]
              backoff: {init: 100ms, max: 1s}
              ssl.certificate_authorities: ['%s']
              ssl.certificate: '%s'
              ssl.key: '%s'
            %s
            """
                .formatted(
                    logs,
                    port(door),
                    authority.rootFile(),
                    authority.certificateFile("ship"),
                    authority.keyFile("ship"),
                    more));
    return process(
        "ship",
        shipAddress,
        "/-/healthy",
        List.of(
            "-c",
            config.toString(),
            "--path.data=" + directory.resolve("ship"),
            "--strict.perms=false",
            "--web.listen-address=" + shipAddress));
  }

  /// Whether the shipper has read all files to their ends; waits a moment for it.
  boolean everythingIsRead() throws InterruptedException {
    if (!ship.isRunning()) {
      return false;
    }
    double looks = shipMetric("oriel_ship_scans_total");
    for (int i = 0; i < 200; i++) {
      // a look that is under way may have begun before the last line was written
      if (shipMetric("oriel_ship_scans_total") >= looks + 2
          && shipMetric("oriel_ship_lag_bytes") == 0) {
        return true;
      }
      Thread.sleep(50);
    }
    return false;
  }

  double shipMetric(String name) throws InterruptedException {
    try {
      String text =
          client.send(HttpRequest.get(URI.create("http://" + shipAddress + "/metrics"))).text();
      return text.lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException | OrielException _) {
      return Double.NaN;
    }
  }

  /// Waits until {@code want} documents are there, and the shipper has nothing more, or patience
  /// ends; then reads all that is there.
  FoundLines drain(int want) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
    try (SearchClient at = SearchClient.create(SearchClientConfig.of(engine), "torture")) {
      long count = -2;
      boolean done = false;
      while (!done && System.nanoTime() < until) {
        long now = count(at);
        done = now >= want && now == count && shipMetric("oriel_ship_spool_events") == 0;
        count = now;
        Thread.sleep(1_000);
      }
      FoundLines found = new FoundLines();
      long _ =
          at.documents()
              .scan(
                  SearchRequest.of(INDEX).withSize(5_000).withSource(List.of("message")),
                  hit -> {
                    found.add(hit.id(), hit.source().path("message").asString(""));
                    return true;
                  });
      return found;
    }
  }

  /// How many documents there are; -1 while the engine cannot tell, since it has just come back.
  private static long count(SearchClient at) throws InterruptedException {
    try {
      at.indices().refresh(List.of(INDEX));
      return at.documents()
          .search(SearchRequest.of(INDEX).withSize(0).countingUpTo(SearchRequest.COUNT_ALL))
          .total();
    } catch (OrielException e) {
      if (!e.kind().isRetryable()) {
        throw e;
      }
      return -1;
    }
  }

  @Override
  public void close() {
    closer.close();
  }
}
