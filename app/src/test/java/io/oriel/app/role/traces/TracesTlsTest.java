package io.oriel.app.role.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.WebConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.api.Traces;
import io.oriel.traces.assemble.Adjusters;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `--query.grpc.tls.*`: who may ask, over both gRPC ports, and what happens when files change; the
/// HTTP port's own certificate. The calls are those that need no search engine.
class TracesTlsTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final GrpcMetrics metrics = GrpcMetrics.ofClient(new PrometheusRegistry());
  private Pki pki;
  private CertificateAuthority authority;

  @BeforeEach
  void issue() throws IOException {
    pki = Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom());
    authority = pki.authority(Trust.LOGS_TRACES);
    authority.issue(wish("traces"));
    authority.issue(wish("grafana"));
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private static CertificateWish wish(String name) {
    return new CertificateWish(name, name, List.of("127.0.0.1"), Duration.ofDays(1));
  }

  private static TracesRole.Grpc parse(String... more) {
    GrpcFlags flags = new GrpcFlags();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--query.grpc-server.host-port=127.0.0.1:0",
                "--grpc-storage.host-port=127.0.0.1:0"));
    arguments.addAll(List.of(more));
    CommandLine.ParseResult _ = new CommandLine(flags).parseArgs(arguments.toArray(String[]::new));
    return flags.config();
  }

  private TracesRole start(Path cert, Path key, Path clientCa, String... more) throws IOException {
    return start(WebConfig.open(), cert, key, clientCa, more);
  }

  private TracesRole start(WebConfig web, Path cert, Path key, Path clientCa, String... more)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--query.grpc.tls.cert=" + cert,
                "--query.grpc.tls.key=" + key,
                "--query.grpc.tls.client-ca=" + clientCa));
    arguments.addAll(List.of(more));
    return closer.push(
        TracesRole.start(
            new TracesRole.Options(
                SearchClientConfig.of(URI.create("http://127.0.0.1:1")),
                SpanSources.plain(),
                TagFields.none(),
                new Traces.Limits(new Adjusters(Duration.ZERO), 1000),
                new HttpServerConfig(
                    "127.0.0.1:0", "", Duration.ofMinutes(1), 64, 1 << 20, ".*", web),
                parse(arguments.toArray(String[]::new))),
            "test"));
  }

  private TracesRole start(String... more) throws IOException {
    return start(
        authority.certificateFile("traces"),
        authority.keyFile("traces"),
        authority.rootFile(),
        more);
  }

  private static TlsConfig tls(
      CertificateAuthority trusted, CertificateAuthority own, String name, TlsVersion most) {
    return new TlsConfig(
        "",
        trusted.rootFile().toString(),
        "",
        name.isEmpty() ? "" : own.certificateFile(name).toString(),
        Secret.none(),
        name.isEmpty() ? "" : own.keyFile(name).toString(),
        "",
        false,
        TlsVersion.TLS12,
        most);
  }

  private GrpcClient client(int port, Optional<TlsConfig> tls) throws IOException {
    return closer.push(
        GrpcClient.create(
            new GrpcClientConfig(
                "127.0.0.1:" + port, tls, GrpcClientConfig.Compression.NONE, 1 << 20),
            metrics));
  }

  private GrpcClient grafana(int port) throws IOException {
    return client(port, Optional.of(tls(authority, authority, "grafana", TlsVersion.TLS13)));
  }

  private static int tools(GrpcClient client) throws InterruptedException {
    return call(client, "jaeger.api_v2.metrics.MetricsQueryService", "GetMinStepDuration");
  }

  private static int storage(GrpcClient client) throws InterruptedException {
    return call(client, "jaeger.storage.v2.Capabilities", "GetCapabilities");
  }

  private static int call(GrpcClient client, String service, String method)
      throws InterruptedException {
    return client.call(service, method, ByteBuffer.allocate(0), LONG, Map.of()).remaining();
  }

  private static void assertRefused(GrpcClient client) {
    OrielException failure = assertThrows(OrielException.class, () -> tools(client));
    assertTrue(
        failure.kind() == Kind.UNAVAILABLE || failure.kind() == Kind.UNAUTHENTICATED,
        failure::toString);
  }

  @Test
  void theRightCertificateAsksOverBothPorts() throws Exception {
    TracesRole role = start();

    assertTrue(tools(grafana(role.grpcPort())) > 0);
    assertTrue(storage(grafana(role.storagePort())) > 0);
  }

  @Test
  void nobodyElseAsks() throws Exception {
    TracesRole role = start();
    CertificateAuthority other = pki.authority(Trust.METRICS);
    other.issue(wish("grafana"));
    for (int port : List.of(role.grpcPort(), role.storagePort())) {
      assertRefused(client(port, Optional.empty()));
      assertRefused(client(port, Optional.of(tls(authority, other, "", TlsVersion.TLS13))));
      assertRefused(client(port, Optional.of(tls(authority, other, "grafana", TlsVersion.TLS13))));
    }
  }

  @Test
  void aClientThatTrustsAnotherRootTurnsAway() throws Exception {
    TracesRole role = start();

    assertRefused(
        client(
            role.grpcPort(),
            Optional.of(
                tls(pki.authority(Trust.METRICS), authority, "grafana", TlsVersion.TLS13))));
  }

  @Test
  void olderTlsIsSpokenOnlyWhereItIsAllowed() throws Exception {
    TlsConfig old = tls(authority, authority, "grafana", TlsVersion.TLS12);

    assertRefused(client(start().grpcPort(), Optional.of(old)));
    assertTrue(
        tools(client(start("--query.grpc.tls.min-version=1.2").grpcPort(), Optional.of(old))) > 0);
  }

  @Test
  void aRenewedCertificateIsShownWithoutARestart() throws Exception {
    TracesRole role = start();
    TlsConfig tls = tls(authority, authority, "grafana", TlsVersion.TLS13);
    GrpcClient before = grafana(role.grpcPort());
    assertTrue(tools(before) > 0);
    BigInteger first = ShownCertificate.serial(role.grpcPort(), tls);

    BigInteger second = authority.rotate("traces").serial();

    assertNotEquals(first, second);
    for (int port : List.of(role.grpcPort(), role.storagePort())) {
      ShownCertificate.await(port, tls, second);
    }
    assertTrue(tools(before) > 0, "open connections go on");
    assertTrue(tools(grafana(role.grpcPort())) > 0);
  }

  @Test
  void theHttpPortShowsItsRenewedCertificateToo() throws Exception {
    authority.issue(wish("web"));
    Path web =
        Files.writeString(
            directory.resolve("web.yml"),
            "tls_server_config: {cert_file: %s, key_file: %s}%n"
                .formatted(authority.certificateFile("web"), authority.keyFile("web")));
    TracesRole role =
        start(
            WebConfig.load(web),
            authority.certificateFile("traces"),
            authority.keyFile("traces"),
            authority.rootFile());
    TlsConfig tls = tls(authority, authority, "", TlsVersion.TLS13);
    BigInteger first = ShownCertificate.serial(role.port(), tls);

    BigInteger second = authority.rotate("web").serial();

    assertNotEquals(first, second);
    ShownCertificate.await(role.port(), tls, second);
  }

  /// Who renews a certificate writes two files, one after the other.
  @Test
  void aKeyWaitsForItsCertificate() throws Exception {
    Path cert = Files.copy(authority.certificateFile("traces"), directory.resolve("own.crt"));
    Path key = Files.copy(authority.keyFile("traces"), directory.resolve("own.key"));
    TracesRole role = start(cert, key, authority.rootFile());
    TlsConfig tls = tls(authority, authority, "grafana", TlsVersion.TLS13);
    BigInteger first = ShownCertificate.serial(role.grpcPort(), tls);
    BigInteger second = authority.rotate("traces").serial();

    Files.copy(authority.keyFile("traces"), key, StandardCopyOption.REPLACE_EXISTING);
    for (int i = 0; i < 25; i++) {
      assertEquals(first, ShownCertificate.serial(role.grpcPort(), tls));
      Thread.sleep(100);
    }
    OrielException refused =
        assertThrows(OrielException.class, () -> start(cert, key, authority.rootFile()));
    assertTrue(
        refused.reason().contains("the key is not that of the certificate"), refused::reason);

    Files.copy(authority.certificateFile("traces"), cert, StandardCopyOption.REPLACE_EXISTING);
    ShownCertificate.await(role.grpcPort(), tls, second);
  }

  @Test
  void newRootsForClientsHoldFromTheNextConnectionOn() throws Exception {
    CertificateAuthority next = pki.authority(Trust.METRICS);
    next.issue(wish("grafana"));
    Path roots = directory.resolve("clients.pem");
    Files.copy(authority.rootFile(), roots);
    TracesRole role =
        start(authority.certificateFile("traces"), authority.keyFile("traces"), roots);
    TlsConfig known = tls(authority, authority, "grafana", TlsVersion.TLS13);
    TlsConfig stranger = tls(authority, next, "grafana", TlsVersion.TLS13);
    assertRefused(client(role.grpcPort(), Optional.of(stranger)));

    Files.copy(next.rootFile(), roots, StandardCopyOption.REPLACE_EXISTING);

    awaitAnswer(role.grpcPort(), stranger);
    assertRefused(client(role.grpcPort(), Optional.of(known)));
  }

  private void awaitAnswer(int port, TlsConfig tls) throws Exception {
    OrielException last = new OrielException(Kind.TIMEOUT, "never asked");
    for (int i = 0; i < 100; i++) {
      try {
        assertTrue(tools(client(port, Optional.of(tls))) > 0);
        return;
      } catch (OrielException e) {
        last = e;
        Thread.sleep(100);
      }
    }
    throw last;
  }

  @Test
  void flagsThatLackAnotherAreRefused() {
    assertEquals(Optional.empty(), parse().tools().tls());
    for (List<String> lacking :
        List.of(
            List.of("--query.grpc.tls.cert=c"),
            List.of("--query.grpc.tls.key=k"),
            List.of("--query.grpc.tls.client-ca=ca"),
            List.of(
                "--query.grpc.tls.cert=c",
                "--query.grpc.tls.key=k",
                "--query.grpc.tls.min-version=1.1"))) {
      OrielException refused =
          assertThrows(OrielException.class, () -> parse(lacking.toArray(String[]::new)));
      assertTrue(refused.reason().contains("--query.grpc.tls."), refused::reason);
    }
  }
}
