package io.oriel.benchmarks.gateway;

import com.sun.management.OperatingSystemMXBean;
import io.oriel.gateway.audit.AuditLog;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.gateway.route.Gateway;
import io.oriel.gateway.route.GatewayConfig;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.WebConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.search.template.Bootstrap;
import io.oriel.search.template.Retention;
import io.oriel.search.template.ShardPlan;
import io.oriel.search.template.StoreTemplates;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// Sends bulks of log lines by turns to an embedded engine directly and through a gateway with
/// mutual TLS, and prints the medians of their times, the CPU of the process, and the ratios.
///
/// Arguments: rounds (60), documents a bulk (1,600).
final class GatewayWork {
  private static final String STAMP =
      "\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"2026-11-27T10:00:00.123Z\",";

  private GatewayWork() {}

  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    int documents = args.length > 1 ? Integer.parseInt(args[1]) : 1_600;
    Path directory = Files.createTempDirectory("gateway-work");
    try (Closer closer = new Closer()) {
      SearchNode node =
          closer.push(
              SearchNode.start(
                  SearchNodeConfig.in(directory.resolve("engine")), InstantSource.system()));
      SearchClient client =
          closer.push(SearchClient.create(SearchClientConfig.of(node.uri()), "bench"));
      Bootstrap bootstrap = new Bootstrap(client);
      bootstrap.policy(StoreTemplates.LOGS, Retention.logs(), List.of("logs-*-*"));
      bootstrap.template(StoreTemplates.logs(ShardPlan.of(1L << 30, 1)));
      Way direct =
          new Way(
              "direct",
              closer.push(HttpClient.create(HttpClientConfig.standard(), "bench")),
              URI.create(node.uri() + "/_bulk"));
      Way through = through(node.uri(), directory, closer);
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < rounds; i++) {
        boolean counted = i >= rounds / 3;
        for (Way way : i % 2 == 0 ? List.of(direct, through) : List.of(through, direct)) {
          way.send(bulk(random, documents, way == direct), counted);
        }
      }
      direct.print(documents);
      through.print(documents);
      System.out.printf(
          Locale.ROOT,
          "gateway/direct: time %.2f, CPU %.2f%n",
          through.medianMillis() / direct.medianMillis(),
          through.cpuMillis() / direct.cpuMillis());
    }
  }

  private static Way through(URI engine, Path directory, Closer closer) throws Exception {
    CertificateAuthority authority =
        Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom())
            .authority(Trust.LOGS_TRACES);
    for (String name : List.of("gateway", "client")) {
      authority.issue(
          new CertificateWish(name, "dev-01", List.of("localhost"), Duration.ofDays(1)));
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    Gateway gateway =
        closer.push(
            Gateway.create(
                GatewayConfig.to(engine),
                new Gateway.Surroundings(
                    AuditLog.toProcessLog(InstantSource.system()),
                    registry,
                    InstantSource.system(),
                    System::nanoTime,
                    new SplittableRandom(1))));
    WebConfig.Tls tls =
        new WebConfig.Tls(
            tls(authority, "gateway"),
            WebConfig.ClientAuth.REQUIRED,
            Optional.of(authority.revocationsFile()));
    HttpServer server =
        closer.push(
            HttpServer.start(
                new HttpServerConfig(
                    "127.0.0.1:0",
                    "",
                    Duration.ofMinutes(1),
                    16,
                    100L << 20,
                    "",
                    new WebConfig(Optional.of(tls), Map.of(), Map.of())),
                gateway.routes(),
                new HttpServerMetrics("bench", registry)));
    HttpClientConfig plain = HttpClientConfig.standard();
    HttpClientConfig secure =
        new HttpClientConfig(
            plain.basicAuth(),
            plain.authorization(),
            plain.oauth2(),
            tls(authority, "client"),
            plain.proxy(),
            false,
            true,
            Map.of(),
            Map.of());
    return new Way(
        "gateway",
        closer.push(HttpClient.create(secure, "bench")),
        URI.create("https://localhost:" + server.port() + "/_bulk"));
  }

  private static TlsConfig tls(CertificateAuthority authority, String name) {
    return new TlsConfig(
        "",
        authority.rootFile().toString(),
        "",
        authority.certificateFile(name).toString(),
        Secret.none(),
        authority.keyFile(name).toString(),
        "",
        false,
        TlsVersion.TLS13,
        TlsVersion.TLS13);
  }

  /// @param stamped whether documents have already what the gateway would add, so that the engine
  ///   has the same work either way
  private static byte[] bulk(SplittableRandom random, int documents, boolean stamped) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < documents; i++) {
      body.append("{\"create\":{\"_index\":\"logs-dev-01-bench\",\"_id\":\"")
          .append(Long.toHexString(random.nextLong()))
          .append("\"}}\n{")
          .append(stamped ? STAMP : "")
          .append("\"@timestamp\":\"")
          .append(Instant.ofEpochMilli(1_795_000_000_000L + random.nextInt(1_000_000)))
          .append("\",\"message\":\"request ")
          .append(random.nextInt(100_000))
          .append(" of user ")
          .append(Integer.toHexString(random.nextInt()))
          .append(" served from the cache in ")
          .append(random.nextInt(500))
          .append(" ms\",\"log\":{\"offset\":")
          .append(random.nextInt(1 << 30))
          .append(",\"file\":{\"path\":\"/var/log/containers/shop-")
          .append(random.nextInt(20))
          .append(".log\"}},\"kubernetes\":{\"namespace\":\"ns-")
          .append(random.nextInt(10))
          .append("\",\"pod\":{\"name\":\"shop-")
          .append(random.nextInt(50))
          .append("\"}},\"stream\":\"stdout\"}\n");
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// One way of sending, and what it took.
  private static final class Way {
    private final String name;
    private final HttpClient client;
    private final URI uri;
    private double[] millis = {};
    private double cpu;

    Way(String name, HttpClient client, URI uri) {
      this.name = name;
      this.client = client;
      this.uri = uri;
    }

    private static double processMillis() {
      return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
              .getProcessCpuTime()
          / 1e6;
    }

    void send(byte[] body, boolean counted) throws Exception {
      double cpuBefore = processMillis();
      long start = System.nanoTime();
      HttpResult result =
          client.send(
              HttpRequest.post(uri, "application/x-ndjson", body)
                  .withTimeout(Duration.ofMinutes(1))
                  .withMaxBodyBytes(64L << 20));
      double took = (System.nanoTime() - start) / 1e6;
      if (!result.isSuccess()) {
        throw new IllegalStateException(name + ": " + result.text());
      }
      if (counted) {
        cpu += processMillis() - cpuBefore;
        millis = Arrays.copyOf(millis, millis.length + 1);
        millis[millis.length - 1] = took;
      }
    }

    double medianMillis() {
      double[] sorted = millis.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }

    double cpuMillis() {
      return cpu / millis.length;
    }

    void print(int documents) {
      System.out.printf(
          Locale.ROOT,
          "%-8s %6.1f ms a bulk of %d, %6.1f ms CPU%n",
          name,
          medianMillis(),
          documents,
          cpuMillis());
    }
  }
}
