package io.oriel.app.role.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.batch.DeliveryOptions;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.wire.otlp.OtlpTraces;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
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

/// `--collector.peers.tls.*`: two collectors that let in nobody without a certificate hand spans on
/// to each other, or, when they cannot, keep them.
///
/// Their engine is not there, so that all spans stay where they came to.
class CollectPeersTlsTest {
  private static final int SPANS = 40;

  @TempDir private Path directory;
  private final List<CollectRole> roles = new ArrayList<>();
  private Pki pki;
  private CertificateAuthority authority;
  private int first;
  private int second;
  private long traces;

  @BeforeEach
  void issue() throws IOException {
    pki = Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom());
    authority = pki.authority(Trust.LOGS_TRACES);
    for (String name : List.of("a", "b", "shop")) {
      authority.issue(wish(name));
    }
    first = Asking.freePorts();
    second = first + 1;
  }

  @AfterEach
  void stop() {
    roles.forEach(CollectRole::close);
  }

  private static CertificateWish wish(String name) {
    return new CertificateWish(name, name, List.of("127.0.0.1"), Duration.ofDays(1));
  }

  /// Flags of a collector's certificate towards its peers.
  private static List<String> towardsPeers(Path ca, Path cert, Path key) {
    return List.of(
        "--collector.peers.tls.ca=" + ca,
        "--collector.peers.tls.cert=" + cert,
        "--collector.peers.tls.key=" + key);
  }

  private List<String> towardsPeers(String name) {
    return towardsPeers(
        authority.rootFile(), authority.certificateFile(name), authority.keyFile(name));
  }

  private CollectRole start(int port, String name, List<String> towardsPeers) throws IOException {
    PeerFlags peers = new PeerFlags();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--collector.peers=127.0.0.1:" + first + ",127.0.0.1:" + second,
                "--collector.peers.self=127.0.0.1:" + port));
    arguments.addAll(towardsPeers);
    CommandLine.ParseResult _ = new CommandLine(peers).parseArgs(arguments.toArray(String[]::new));
    ServerTlsFlags server = new ServerTlsFlags();
    CommandLine.ParseResult _ =
        new CommandLine(server)
            .parseArgs(
                "--tls-cert=" + authority.certificateFile(name),
                "--tls-key=" + authority.keyFile(name),
                "--tls-client-ca=" + authority.rootFile(),
                "--tls-client-crl=" + authority.revocationsFile());
    CollectRole role =
        CollectRole.start(
            CollectOptions.to(
                    SearchClientConfig.of(URI.create("http://127.0.0.1:1")),
                    new SpanIntake.Stamp("", ""))
                .listenAnywhere("127.0.0.1")
                .listen(CollectPort.OTLP_GRPC, "127.0.0.1:" + port)
                .operations(HttpServerConfig.on("127.0.0.1:0"))
                .delivery(impatient())
                .tls(server.grpc(), server.web())
                .peering(peers.peering())
                .build(),
            "test");
    roles.add(role);
    return role;
  }

  /// Does not wait for the engine at the end.
  private static DeliveryOptions impatient() {
    DeliveryOptions standard = DeliveryOptions.standard();
    return new DeliveryOptions(
        standard.workers(),
        standard.batchSpans(),
        standard.batchBytes(),
        standard.linger(),
        standard.firstPause(),
        standard.longestPause(),
        Duration.ZERO);
  }

  private TlsConfig shop() {
    return new TlsConfig(
        "",
        authority.rootFile().toString(),
        "",
        authority.certificateFile("shop").toString(),
        Secret.none(),
        authority.keyFile("shop").toString(),
        "",
        false,
        TlsVersion.TLS12,
        TlsVersion.TLS13);
  }

  /// Spans of as many traces, to the first collector.
  private void send() throws Exception {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < SPANS; i++) {
      spans.add(
          new Span(
              new TraceId(7, ++traces),
              1,
              0,
              "",
              1,
              "op",
              SpanKind.SERVER,
              0,
              1_000,
              SpanStatus.UNSET,
              Attributes.empty(),
              List.of(),
              List.of(),
              Span.Dropped.NOTHING,
              Resource.of(Attributes.empty()),
              Scope.NONE));
    }
    try (GrpcClient client =
        GrpcClient.create(
            new GrpcClientConfig(
                "127.0.0.1:" + first,
                Optional.of(shop()),
                GrpcClientConfig.Compression.NONE,
                1 << 20),
            GrpcMetrics.ofClient(new PrometheusRegistry()))) {
      ByteBuffer _ =
          client.call(
              "opentelemetry.proto.collector.trace.v1.TraceService",
              "Export",
              ByteBuffer.wrap(OtlpTraces.write(spans)),
              Duration.ofSeconds(30),
              Map.of());
    }
  }

  private static String metrics(CollectRole role) throws Exception {
    try (HttpClient http = HttpClient.create(HttpClientConfig.standard(), "test")) {
      URI uri = URI.create("http://127.0.0.1:" + role.operationsPort() + "/metrics");
      return http.send(HttpRequest.get(uri)).text();
    }
  }

  private static void assertSpread(CollectRole from, CollectRole to, long before) {
    long handedOn = from.ledger().handedOn() - before;
    assertTrue(handedOn > 5 && handedOn < SPANS - 5, "about half: " + handedOn);
    assertEquals(from.ledger().handedOn(), to.ledger().received());
  }

  @Test
  void theRightCertificateSharesTheWork() throws Exception {
    CollectRole a = start(first, "a", towardsPeers("a"));
    CollectRole b = start(second, "b", towardsPeers("b"));
    send();

    assertSpread(a, b, 0);
  }

  /// Nothing is lost: what cannot be handed on stays with whom the sender gave it to.
  private void assertKeeps(List<String> towardsPeers, String countedByTheOther) throws Exception {
    CollectRole a = start(first, "a", towardsPeers);
    CollectRole b = start(second, "b", towardsPeers("b"));
    send();

    assertEquals(SPANS, a.ledger().received());
    assertEquals(0, a.ledger().handedOn());
    assertEquals(0, b.ledger().received());
    assertTrue(metrics(a).contains("oriel_collect_peers{state=\"active\"} 1"), () -> "of a");
    String told = metrics(b);
    if (!countedByTheOther.isEmpty()) {
      assertTrue(
          told.contains("oriel_grpc_server_refused_total{reason=\"" + countedByTheOther + "\"}"),
          told);
    }
  }

  @Test
  void withoutACertificateSpansStay() throws Exception {
    assertKeeps(List.of("--collector.peers.tls.ca=" + authority.rootFile()), "no_certificate");
  }

  @Test
  void withACertificateOfAnotherRootSpansStay() throws Exception {
    CertificateAuthority other = pki.authority(Trust.METRICS);
    other.issue(wish("a"));
    assertKeeps(
        towardsPeers(authority.rootFile(), other.certificateFile("a"), other.keyFile("a")),
        "untrusted");
  }

  @Test
  void aPeerOfAnotherRootIsGivenNothing() throws Exception {
    assertKeeps(
        towardsPeers(
            pki.authority(Trust.METRICS).rootFile(),
            authority.certificateFile("a"),
            authority.keyFile("a")),
        "");
  }

  @Test
  void inPlainTextSpansStay() throws Exception {
    assertKeeps(List.of(), "");
  }

  /// The certificate with which the first collector began is revoked, so that only the one that
  /// lies on the disk meanwhile lets it in.
  @Test
  void aCertificateReplacedOnDiskIsUsedFromTheNextConnectionOn() throws Exception {
    authority.issue(wish("renewed"));
    Path cert = directory.resolve("own.crt");
    Path key = directory.resolve("own.key");
    Files.copy(authority.certificateFile("a"), cert);
    Files.copy(authority.keyFile("a"), key);
    CollectRole a = start(first, "a", towardsPeers(authority.rootFile(), cert, key));
    CollectRole b = start(second, "b", towardsPeers("b"));
    send();
    assertSpread(a, b, 0);
    long before = a.ledger().handedOn();

    Files.copy(authority.keyFile("renewed"), key, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(authority.certificateFile("renewed"), cert, StandardCopyOption.REPLACE_EXISTING);
    authority.rotate("b");
    b.close();
    authority.revoke("a");
    CollectRole again = start(second, "b", towardsPeers("b"));
    send();

    assertEquals(2L * SPANS, a.ledger().received());
    long handedOn = a.ledger().handedOn() - before;
    assertTrue(handedOn > 5, "handed on after the change: " + handedOn);
    assertEquals(handedOn, again.ledger().received());
  }

  @Test
  void flagsThatLackAnotherAreRefused() {
    for (List<String> lacking :
        List.of(
            List.of("--collector.peers=x:1"),
            List.of("--collector.peers.self=x:1"),
            List.of("--collector.peers.tls.cert=c", "--collector.peers.tls.ca=ca"),
            List.of("--collector.peers.tls.key=k", "--collector.peers.tls.ca=ca"),
            List.of("--collector.peers.tls.cert=c", "--collector.peers.tls.key=k"),
            List.of("--collector.peers.tls.server-name=n"))) {
      PeerFlags flags = new PeerFlags();
      CommandLine.ParseResult _ = new CommandLine(flags).parseArgs(lacking.toArray(String[]::new));
      OrielException refused = assertThrows(OrielException.class, flags::peering);
      assertTrue(refused.reason().contains("--collector.peers"), refused::reason);
    }
  }
}
