package io.oriel.app.role.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.process.QueryWorkers;
import io.oriel.app.role.metrics.MetricsRole;
import io.oriel.app.role.metrics.PlainMetrics;
import io.oriel.app.role.sidecar.SidecarRole;
import io.oriel.federation.api.ApiSettings;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.promql.EngineOptions;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Metrics replicas, sidecars beside them, a local query and a global one, all over mTLS.
class QueryRoleTest {
  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private CertificateAuthority authority;
  private QueryWorkers workers;
  private HttpClient client;

  @BeforeEach
  void start() throws IOException {
    authority =
        Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom())
            .authority(Trust.METRICS);
    for (String name : List.of("server", "query")) {
      authority.issue(
          new CertificateWish(
              name, "dev-01", List.of("localhost", "127.0.0.1"), Duration.ofDays(1)));
    }
    workers = closer.push(QueryWorkers.start());
    client = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private int replica(String name) throws IOException, InterruptedException {
    Path config = directory.resolve(name + ".yml");
    Files.writeString(
        config, "global: {external_labels: {cluster: dev-01, replica: " + name + "}}\n");
    MetricsRole metrics =
        closer.push(
            MetricsRole.start(
                PlainMetrics.of(config, directory.resolve("data-" + name)),
                new MetricsRole.Shared(workers.workers(), "test")));
    try (Appender appender = metrics.storage().appender()) {
      long ref = appender.series(Labels.of("__name__", "up", "job", "node"));
      appender.append(ref, System.currentTimeMillis(), 1);
      appender.commit();
    }
    return closer
        .push(
            SidecarRole.start(
                new SidecarRole.Options(
                    HttpServerConfig.on("127.0.0.1:0"),
                    server(),
                    URI.create("http://127.0.0.1:" + metrics.port()),
                    0),
                "test"))
        .grpcPort();
  }

  private TlsConfig tls(String name) {
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

  private GrpcServerConfig server() {
    return new GrpcServerConfig(
        "127.0.0.1:0",
        Optional.of(
            new GrpcServerConfig.ServerTls(
                tls("server"), Optional.of(authority.revocationsFile()))),
        1 << 20,
        Duration.ofMinutes(1));
  }

  private QueryRole query(List<Integer> ports) throws IOException, InterruptedException {
    List<String> addresses = ports.stream().map(port -> "localhost:" + port).toList();
    return closer.push(
        QueryRole.start(
            new QueryRole.Options(
                HttpServerConfig.on("127.0.0.1:0"),
                server(),
                () -> EndpointSpec.of(addresses),
                (address, metrics) ->
                    GrpcClient.create(
                        new GrpcClientConfig(
                            address,
                            Optional.of(tls("query")),
                            GrpcClientConfig.Compression.SNAPPY,
                            1 << 20),
                        metrics),
                Duration.ofSeconds(20),
                EngineOptions.DEFAULT,
                ApiSettings.standard(List.of("replica"))),
            workers.workers(),
            "test"));
  }

  private String get(QueryRole role, String query) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.get(
                URI.create(
                    "http://127.0.0.1:"
                        + role.httpPort()
                        + "/api/v1/query?query="
                        + URLEncoder.encode(query, StandardCharsets.UTF_8))))
        .text();
  }

  @Test
  void aGlobalQuerySeesOneSeriesOfTwoReplicasThroughALocalOne() throws Exception {
    QueryRole local = query(List.of(replica("a"), replica("b")));
    QueryRole global = query(List.of(local.grpcPort()));

    String answer = get(global, "up{cluster=\"dev-01\"}");
    String pushed = get(global, "count by (cluster) (up)");

    assertTrue(
        answer.contains("\"metric\":{\"__name__\":\"up\",\"cluster\":\"dev-01\",\"job\":\"node\"}"),
        answer);
    assertEquals(answer.indexOf("metric"), answer.lastIndexOf("metric"), answer);
    assertTrue(pushed.contains("\"metric\":{\"cluster\":\"dev-01\"}"), pushed);
    assertTrue(pushed.contains(",\"1\"]"), pushed);

    authority.revoke("query");

    String refused = get(global, "up");
    assertTrue(refused.contains("\"warnings\"") && refused.contains("revoked"), refused);
  }
}
