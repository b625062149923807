package io.oriel.gateway.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.handler.ssl.OpenSsl;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.oriel.runtime.grpc.GrpcStream;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who gets in with which certificate.
class MutualTlsTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final GrpcMetrics clientMetrics = GrpcMetrics.ofClient(new PrometheusRegistry());
  private final CountDownLatch rotated = new CountDownLatch(1);
  private Pki pki;
  private CertificateAuthority authority;
  private GrpcServer server;

  @BeforeEach
  void start() throws IOException {
    pki = Pki.create(directory, InstantSource.system(), new SecureRandom());
    authority = pki.authority(Trust.METRICS);
    authority.issue(wish("server"));
    server = closer.push(serve());
  }

  private GrpcServer serve() throws IOException {
    GrpcService service =
        new GrpcService(
            "test.Echo",
            List.of(
                new Method("Once", Shape.UNARY, call -> call.send(call.request())),
                new Method(
                    "Across",
                    Shape.SERVER_STREAM,
                    call -> {
                      call.send(call.request());
                      if (rotated.await(20, TimeUnit.SECONDS)) {
                        call.send(call.request());
                      }
                    })));
    GrpcServerConfig config =
        new GrpcServerConfig(
            "127.0.0.1:0",
            Optional.of(
                new GrpcServerConfig.ServerTls(
                    tls(authority, authority, "server"), Optional.of(authority.revocationsFile()))),
            1 << 20,
            Duration.ofMinutes(1));
    return GrpcServer.start(
        config, List.of(service), InstantSource.system(), GrpcMetrics.ofServer(registry));
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private static CertificateWish wish(String name) {
    return new CertificateWish(
        name, "dev-01", List.of("localhost", "127.0.0.1"), Duration.ofDays(1));
  }

  private static TlsConfig tls(
      CertificateAuthority trusted, CertificateAuthority own, String name) {
    return new TlsConfig(
        "",
        trusted.rootFile().toString(),
        "",
        name.isEmpty() ? "" : own.certificateFile(name).toString(),
        Secret.none(),
        name.isEmpty() ? "" : own.keyFile(name).toString(),
        "",
        false,
        TlsVersion.TLS13,
        TlsVersion.TLS13);
  }

  private GrpcClient client(CertificateAuthority own, String name) throws IOException {
    return closer.push(
        GrpcClient.create(
            new GrpcClientConfig(
                "localhost:" + server.port(),
                Optional.of(tls(authority, own, name)),
                GrpcClientConfig.Compression.NONE,
                1 << 20),
            clientMetrics));
  }

  private static int call(GrpcClient client) throws InterruptedException {
    return client
        .call("test.Echo", "Once", ByteBuffer.wrap(new byte[7]), LONG, Map.of())
        .remaining();
  }

  private double refused(String reason) {
    return registry.scrape("oriel_grpc_server_refused"::equals).stream()
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> reason.equals(point.getLabels().get("reason")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private void assertRefused(GrpcClient client, String reason) throws InterruptedException {
    OrielException failure = assertThrows(OrielException.class, () -> call(client));
    assertTrue(
        failure.kind() == Kind.UNAVAILABLE || failure.kind() == Kind.UNAUTHENTICATED,
        failure::toString);
    for (int i = 0; i < 100 && refused(reason) == 0; i++) {
      Thread.sleep(20);
    }
    assertTrue(refused(reason) > 0, () -> reason + " not counted");
  }

  /// The module's tests of who gets in run twice: by BoringSSL where there is one, and without it.
  @Test
  void withoutBoringSslListenersSpeakTheJdksTls() {
    assumeTrue(Boolean.getBoolean("io.netty.handler.ssl.noOpenSsl"), "this run has BoringSSL");

    assertFalse(OpenSsl.isAvailable());
  }

  @Test
  void aCertificateOfTheRootGetsIn() throws Exception {
    authority.issue(wish("client"));

    assertEquals(7, call(client(authority, "client")));
  }

  @Test
  void noCertificateIsRefused() throws Exception {
    assertRefused(client(authority, ""), "no_certificate");
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    InstantSource lastMonth = () -> InstantSource.system().instant().minus(Duration.ofDays(30));
    CertificateAuthority before =
        Pki.open(directory, lastMonth, new SecureRandom()).authority(Trust.METRICS);
    before.issue(wish("late"));

    assertRefused(client(authority, "late"), "expired");
  }

  @Test
  void aCertificateOfTheOtherRootIsRefused() throws Exception {
    CertificateAuthority other = pki.authority(Trust.LOGS_TRACES);
    other.issue(wish("logs"));

    assertRefused(client(other, "logs"), "untrusted");
  }

  @Test
  void aRevokedCertificateIsRefusedEvenOnAnOpenConnection() throws Exception {
    authority.issue(wish("client"));
    GrpcClient client = client(authority, "client");
    assertEquals(7, call(client));

    authority.revoke("client");

    OrielException failure = assertThrows(OrielException.class, () -> call(client));
    assertEquals(Kind.UNAUTHENTICATED, failure.kind());
    assertTrue(failure.reason().endsWith("client certificate: revoked"), failure.reason());
    assertRefused(client(authority, "client"), "revoked");
  }

  @Test
  void rotationOnBothSidesDropsNoCall() throws Exception {
    authority.issue(wish("client"));
    GrpcClient client = client(authority, "client");
    try (GrpcStream stream =
        client.stream("test.Echo", "Across", ByteBuffer.wrap(new byte[3]), LONG, Map.of())) {
      assertTrue(stream.next() != null);
      authority.rotate("server");
      authority.rotate("client");
      Thread.sleep(1500);

      assertEquals(7, call(client));
      assertEquals(7, call(client(authority, "client")));
      rotated.countDown();
      assertTrue(stream.next() != null);
      assertTrue(stream.next() == null);
    }
  }

  /// The roots are replaced while the server runs, and with them whose revocations count.
  @Test
  void aNewRootTakesOverWithItsRevocations(@TempDir Path elsewhere) throws Exception {
    CertificateAuthority next =
        Pki.create(elsewhere, InstantSource.system(), new SecureRandom()).authority(Trust.METRICS);
    next.issue(wish("server"));
    next.issue(wish("good"));
    next.issue(wish("bad"));
    next.revoke("bad");
    copy(next.keyFile("server"), authority.keyFile("server"));
    copy(next.certificateFile("server"), authority.certificateFile("server"));
    copy(next.revocationsFile(), authority.revocationsFile());
    copy(next.rootFile(), authority.rootFile());
    Thread.sleep(2500);

    assertEquals(7, call(client(next, "good")));
    assertRefused(client(next, "bad"), "revoked");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
