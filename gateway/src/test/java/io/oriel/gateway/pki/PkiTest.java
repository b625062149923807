package io.oriel.gateway.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.tls.Revocations;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkiTest {
  private static final CertificateWish WISH =
      new CertificateWish(
          "query-dev-01", "dev-01", List.of("localhost", "127.0.0.1"), Duration.ofDays(6));

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-05-01T00:00:00.123Z");
  private final InstantSource clock = () -> now;
  private Pki pki;
  private CertificateAuthority authority;

  @BeforeEach
  void create() throws IOException {
    pki = Pki.create(directory, clock, new SecureRandom());
    authority = pki.authority(Trust.METRICS);
  }

  private List<X509Certificate> roots() {
    try {
      return List.of(PemFiles.certificate(authority.rootFile()));
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCertificateNamesItsHostsAndItsCluster() throws Exception {
    authority.issue(WISH);

    String text = CertificateText.of(authority.certificateFile("query-dev-01"));

    assertTrue(text.contains("subject:     CN=query-dev-01"), text);
    assertTrue(text.contains("issuer:      CN=oriel metrics root"), text);
    assertTrue(text.contains("localhost 127.0.0.1 spiffe://oriel/cluster/dev-01"), text);
    assertTrue(text.contains("valid until: 2026-05-07T00:00:00Z"), text);
    PemFiles.certificate(authority.certificateFile("query-dev-01"))
        .verify(PemFiles.certificate(authority.rootFile()).getPublicKey());
  }

  @Test
  void keysAreForTheirOwnerOnly() throws IOException {
    authority.issue(WISH);

    for (Path key :
        List.of(directory.resolve("metrics/ca.key"), authority.keyFile("query-dev-01"))) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    }
  }

  @Test
  void everythingIsThereAfterOpeningAgain() throws IOException {
    Issued issued = authority.issue(WISH);

    CertificateAuthority again =
        Pki.openOrCreate(directory, clock, new SecureRandom()).authority(Trust.METRICS);

    assertEquals(List.of(issued), again.current());
    assertEquals(WISH, again.current().getFirst().wish());
    assertEquals(List.of(), pki.authority(Trust.LOGS_TRACES).current());
  }

  @Test
  void renewsAfterTwoThirdsOfItsLifeAndNotBefore() throws IOException {
    Issued first = authority.issue(WISH);

    now = now.plus(Duration.ofDays(4)).minusSeconds(2);
    assertEquals(List.of(), authority.renewDue());
    now = now.plusSeconds(3);
    List<Issued> renewed = authority.renewDue();

    assertEquals(1, renewed.size());
    assertEquals(WISH, renewed.getFirst().wish());
    assertNotEquals(first.serial(), renewed.getFirst().serial());
    assertEquals(List.of(), authority.renewDue());
  }

  @Test
  void ensuringIssuesOnceAndGivesNothingBack() throws IOException {
    authority.ensure(WISH);
    authority.ensure(WISH);
    assertEquals(1, authority.issued().size());

    authority.ensure(
        new CertificateWish("query-dev-01", "dev-01", List.of("elsewhere"), WISH.validity()));
    assertEquals(2, authority.issued().size());
    Files.delete(authority.keyFile("query-dev-01"));
    authority.ensure(WISH);
    assertEquals(3, authority.issued().size());
    assertTrue(Files.exists(authority.keyFile("query-dev-01")));

    authority.revoke("query-dev-01");
    authority.ensure(WISH);
    assertEquals(List.of(), authority.current());
    authority.issue(WISH);
    assertEquals(1, authority.current().size());
  }

  @Test
  void changesOfTwoAtOnceAreAllKept() throws Exception {
    CertificateAuthority other =
        Pki.open(directory, clock, new SecureRandom()).authority(Trust.METRICS);
    int each = 8;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < each; i++) {
        CertificateWish mine = new CertificateWish("a" + i, "", List.of(), WISH.validity());
        CertificateWish theirs = new CertificateWish("b" + i, "", List.of(), WISH.validity());
        done.add(threads.submit(() -> authority.issue(mine)));
        done.add(threads.submit(() -> other.issue(theirs)));
      }
      for (Future<?> one : done) {
        Object _ = one.get();
      }
    }
    assertEquals(2 * each, authority.current().size());
  }

  @Test
  void revocationCoversRenewedOnesAndIsSeenAtOnce() throws Exception {
    authority.issue(WISH);
    var before = PemFiles.certificate(authority.certificateFile("query-dev-01"));
    authority.rotate("query-dev-01");
    var after = PemFiles.certificate(authority.certificateFile("query-dev-01"));
    authority.issue(new CertificateWish("other", "", List.of(), Duration.ofDays(1)));
    var other = PemFiles.certificate(authority.certificateFile("other"));
    Revocations revocations = new Revocations(authority.revocationsFile(), this::roots);
    assertFalse(revocations.isRevoked(after));

    assertEquals(2, authority.revoke("query-dev-01"));

    assertTrue(revocations.isRevoked(before));
    assertTrue(revocations.isRevoked(after));
    assertFalse(revocations.isRevoked(other));
    assertEquals(0, authority.revoke("query-dev-01"));
    assertThrows(OrielException.class, () -> authority.rotate("query-dev-01"));
    now = now.plus(Duration.ofDays(5));
    assertEquals(List.of(), authority.renewDue());
  }

  @Test
  void aCrlOfAnotherRootIsRefused() throws Exception {
    authority.issue(WISH);
    var certificate = PemFiles.certificate(authority.certificateFile("query-dev-01"));
    Revocations wrong =
        new Revocations(pki.authority(Trust.LOGS_TRACES).revocationsFile(), this::roots);

    OrielException refusal = assertThrows(OrielException.class, () -> wrong.isRevoked(certificate));

    assertTrue(refusal.reason().contains("is not signed by a trusted root"));
  }

  @Test
  void refusesWhatItCannotDo() {
    assertEquals(
        Kind.CONFLICT,
        assertThrows(OrielException.class, () -> Pki.create(directory, clock, new SecureRandom()))
            .kind());
    assertEquals(
        Kind.NOT_FOUND,
        assertThrows(
                OrielException.class,
                () -> Pki.open(directory.resolve("nowhere"), clock, new SecureRandom()))
            .kind());
    assertEquals(
        Kind.NOT_FOUND,
        assertThrows(OrielException.class, () -> authority.revoke("nobody")).kind());
    for (String name : List.of("", "../x", "a b", "a\tb")) {
      assertThrows(
          OrielException.class, () -> new CertificateWish(name, "", List.of(), Duration.ofDays(1)));
    }
    assertThrows(OrielException.class, () -> Trust.ofWord("all"));
  }

  @Test
  void expiryIsAMetric() throws IOException {
    authority.issue(WISH);
    PrometheusRegistry registry = new PrometheusRegistry();
    pki.export(registry);

    GaugeSnapshot expiry =
        (GaugeSnapshot)
            registry.scrape("oriel_pki_certificate_expiry_timestamp_seconds"::equals).get(0);

    assertEquals(
        (double) Instant.parse("2026-05-07T00:00:00Z").getEpochSecond(),
        expiry.getDataPoints().getFirst().getValue());
  }
}
