package io.oriel.benchmarks.gateway;

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
import io.oriel.runtime.tls.TlsMaterial;
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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// Sends bulks of log lines by turns to an embedded engine directly, in plain HTTP and over mutual
/// TLS, and through a gateway with mutual TLS, in HTTP/2 and HTTP/1.1; prints the medians of their
/// times, the CPU of the process, and the ratios. Replies are compressed either way, as the client
/// asks for it.
///
/// CPU is that of the threads that serve; what the compiler and the collector took stands beside
/// it, since in a run this short they say more about how often a way was warmed up than about its
/// cost.
///
/// Arguments: rounds (60), a third of which is not counted; documents a bulk (1,600); `sink` for
/// {@link BulkSink} in place of the engine, which shows in milliseconds what each way costs, far
/// more exactly than the ratio does.
final class GatewayWork {
  private static final String STAMP =
      "\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"2026-11-27T10:00:00.123Z\",";

  private GatewayWork() {}

  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    int documents = args.length > 1 ? Integer.parseInt(args[1]) : 1_600;
    Path directory = Files.createTempDirectory("gateway-work");
    try (Closer closer = new Closer()) {
      boolean sink = args.length > 2 && args[2].equals("sink");
      URI end = sink ? closer.push(new BulkSink(documents)).uri() : engine(directory, closer);
      Mutual mutual = new Mutual(directory);
      URI engine = URI.create(end + "/_bulk");
      Way direct =
          new Way(
              "direct",
              closer.push(HttpClient.create(HttpClientConfig.standard(), "bench")),
              engine);
      TlsRelay relay = closer.push(new TlsRelay(mutual.serverContext(), end.getPort()));
      Way directTls =
          new Way(
              "direct, TLS",
              closer.push(HttpClient.create(mutual.client(false), "bench")),
              URI.create("https://localhost:" + relay.port() + "/_bulk"));
      URI door = gateway(end, mutual, closer);
      Way through =
          new Way("gateway", closer.push(HttpClient.create(mutual.client(true), "bench")), door);
      Way through1 =
          new Way(
              "gateway, HTTP/1.1",
              closer.push(HttpClient.create(mutual.client(false), "bench")),
              door);
      List<Way> ways = new ArrayList<>(List.of(direct, directTls, through, through1));
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < rounds; i++) {
        boolean counted = i >= rounds / 3;
        Collections.rotate(ways, 1);
        for (Way way : ways) {
          way.send(bulk(random, documents, way == direct || way == directTls), counted);
        }
      }
      for (Way way : List.of(direct, directTls, through, through1)) {
        way.print(documents);
      }
      for (Way way : List.of(through, through1)) {
        for (Way than : List.of(direct, directTls)) {
          System.out.printf(
              Locale.ROOT,
              "%s / %s: time %.2f, CPU %.2f%n",
              way.name,
              than.name,
              way.medianMillis() / than.medianMillis(),
              way.cpuMillis() / than.cpuMillis());
        }
      }
    }
  }

  private static URI engine(Path directory, Closer closer) throws Exception {
    SearchNode node =
        closer.push(
            SearchNode.start(
                SearchNodeConfig.in(directory.resolve("engine")), InstantSource.system()));
    SearchClient client =
        closer.push(SearchClient.create(SearchClientConfig.of(node.uri()), "bench"));
    Bootstrap bootstrap = new Bootstrap(client);
    bootstrap.policy(StoreTemplates.LOGS, Retention.logs(), List.of("logs-*-*"));
    bootstrap.template(StoreTemplates.logs(ShardPlan.of(1L << 30, 1)));
    return node.uri();
  }

  private static URI gateway(URI engine, Mutual mutual, Closer closer) throws Exception {
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
            mutual.tls("gateway"),
            WebConfig.ClientAuth.REQUIRED,
            Optional.of(mutual.authority.revocationsFile()));
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
    return URI.create("https://localhost:" + server.port() + "/_bulk");
  }

  /// Certificates for both sides.
  private static final class Mutual {
    private final CertificateAuthority authority;

    Mutual(Path directory) throws Exception {
      authority =
          Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom())
              .authority(Trust.LOGS_TRACES);
      for (String name : List.of("gateway", "client")) {
        authority.issue(
            new CertificateWish(name, "dev-01", List.of("localhost"), Duration.ofDays(1)));
      }
    }

    TlsConfig tls(String name) {
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

    HttpClientConfig client(boolean http2) {
      HttpClientConfig plain = HttpClientConfig.standard();
      return new HttpClientConfig(
          plain.basicAuth(),
          plain.authorization(),
          plain.oauth2(),
          tls("client"),
          plain.proxy(),
          false,
          http2,
          Map.of(),
          Map.of());
    }

    SSLContext serverContext() throws Exception {
      TlsMaterial material = TlsMaterial.load(tls("gateway"));
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {material.keyManager()},
          new TrustManager[] {material.trustManager()},
          null);
      return context;
    }
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
    private ThreadTimes spent = ThreadTimes.NONE;

    Way(String name, HttpClient client, URI uri) {
      this.name = name;
      this.client = client;
      this.uri = uri;
    }

    void send(byte[] body, boolean counted) throws Exception {
      ThreadTimes before = ThreadTimes.now();
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
        spent = spent.plus(ThreadTimes.now().minus(before));
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
      return spent.serving() / 1e6 / millis.length;
    }

    void print(int documents) {
      System.out.printf(
          Locale.ROOT,
          "%-17s %6.1f ms a bulk of %d, %6.1f ms CPU, and %.1f compiling, %.1f collecting%n",
          name,
          medianMillis(),
          documents,
          cpuMillis(),
          spent.compiling() / 1e6 / millis.length,
          spent.collecting() / 1e6 / millis.length);
    }
  }
}
