package io.oriel.gateway.route;

import io.oriel.gateway.audit.AuditLog;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.gateway.quota.ClusterQuota;
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
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// The gateway with real certificates before an engine that is a map.
final class GatewayRig implements AutoCloseable {
  final Path directory;
  private final Closer closer = new Closer();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  final AtomicLong nanos = new AtomicLong(1);
  final CertificateAuthority authority;
  final FakeEngine engine;
  private HttpServer server;
  final HttpClient dev;

  GatewayRig(Path directory) throws IOException {
    this.directory = directory;
    Pki pki = Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom());
    authority = pki.authority(Trust.LOGS_TRACES);
    authority.issue(wish("gateway", "ops-01"));
    authority.issue(wish("dev-01-ship", "dev-01"));
    engine = closer.push(new FakeEngine());
    serve(GatewayConfig.Limits.standard(), ClusterQuota.NONE);
    dev = client(authority, "dev-01-ship");
  }

  private void serve(GatewayConfig.Limits limits, ClusterQuota quota) throws IOException {
    GatewayConfig plain = GatewayConfig.to(engine.uri());
    GatewayConfig config =
        new GatewayConfig(
            plain.engines(),
            plain.engineClient(),
            Map.of(
                "dev-01", new GatewayConfig.Cluster("dev", quota),
                "prod-01", new GatewayConfig.Cluster("prod", ClusterQuota.NONE)),
            ClusterQuota.NONE,
            List.of(),
            List.of(),
            GatewayConfig.STANDARD_VERSION,
            limits);
    AuditLog audit =
        closer.push(AuditLog.open(directory.resolve("audit.log"), 1 << 20, InstantSource.system()));
    Gateway gateway =
        closer.push(
            Gateway.create(
                config,
                new Gateway.Surroundings(
                    audit,
                    registry,
                    InstantSource.fixed(Instant.EPOCH),
                    nanos::get,
                    new SplittableRandom(1))));
    HttpServerConfig open = HttpServerConfig.on("127.0.0.1:0");
    server =
        closer.push(
            HttpServer.start(
                new HttpServerConfig(
                    open.listenAddress(),
                    "",
                    open.readTimeout(),
                    open.maxConnections(),
                    limits.bodyBytes(),
                    open.corsOrigin(),
                    new WebConfig(
                        Optional.of(
                            new WebConfig.Tls(
                                tls(authority, "gateway"),
                                WebConfig.ClientAuth.REQUIRED,
                                Optional.of(authority.revocationsFile()))),
                        Map.of(),
                        Map.of())),
                gateway.routes(),
                new HttpServerMetrics("oriel_gateway", registry)));
  }

  void serveAnew(GatewayConfig.Limits limits, ClusterQuota quota) throws IOException {
    registry.clear();
    serve(limits, quota);
  }

  @Override
  public void close() {
    closer.close();
  }

  static CertificateWish wish(String name, String cluster) {
    return new CertificateWish(
        name, cluster, List.of("localhost", "127.0.0.1"), Duration.ofDays(1));
  }

  TlsConfig tls(CertificateAuthority own, String name) {
    return new TlsConfig(
        "",
        authority.rootFile().toString(),
        "",
        name.isEmpty() ? "" : own.certificateFile(name).toString(),
        Secret.none(),
        name.isEmpty() ? "" : own.keyFile(name).toString(),
        "",
        false,
        TlsVersion.TLS13,
        TlsVersion.TLS13);
  }

  HttpClient client(CertificateAuthority own, String name) throws IOException {
    HttpClientConfig standard = HttpClientConfig.standard();
    return closer.push(
        HttpClient.create(
            new HttpClientConfig(
                standard.basicAuth(),
                standard.authorization(),
                standard.oauth2(),
                tls(own, name),
                standard.proxy(),
                false,
                true,
                Map.of(),
                Map.of()),
            "test"));
  }

  URI uri(String path) {
    return URI.create("https://localhost:" + server.port() + path);
  }

  HttpResult bulk(HttpClient client, String body) throws Exception {
    return client.send(
        HttpRequest.post(
            uri("/_bulk"), "application/x-ndjson", body.getBytes(StandardCharsets.UTF_8)));
  }

  double counted(String name, String label, String value) {
    return registry.scrape(name::equals).stream()
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> label.isEmpty() || value.equals(point.getLabels().get(label)))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  static String item(String op, String index, String id, String source) {
    return "{\"%s\":{\"_index\":\"%s\",\"_id\":\"%s\"}}\n%s\n".formatted(op, index, id, source);
  }

  CertificateAuthority issue(String name, String cluster) throws IOException {
    authority.issue(wish(name, cluster));
    return authority;
  }
}
