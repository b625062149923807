package io.oriel.gateway.pki;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Both roots of a platform, in one directory. Thread-safe.
public final class Pki {
  private static final Logger LOG = LoggerFactory.getLogger(Pki.class);

  private final Map<Trust, CertificateAuthority> authorities = new EnumMap<>(Trust.class);

  private Pki() {}

  /// Makes both roots.
  ///
  /// @throws io.oriel.model.error.OrielException of kind CONFLICT when there are some already
  public static Pki create(Path directory, InstantSource clock, SecureRandom random)
      throws IOException {
    Pki pki = new Pki();
    for (Trust trust : Trust.values()) {
      pki.authorities.put(
          trust,
          CertificateAuthority.create(
              directory.resolve(trust.word()), "oriel " + trust.word() + " root", clock, random));
    }
    return pki;
  }

  /// Opens both roots.
  ///
  /// @throws io.oriel.model.error.OrielException of kind NOT_FOUND when one is not there
  public static Pki open(Path directory, InstantSource clock, SecureRandom random)
      throws IOException {
    Pki pki = new Pki();
    for (Trust trust : Trust.values()) {
      pki.authorities.put(
          trust, CertificateAuthority.open(directory.resolve(trust.word()), clock, random));
    }
    return pki;
  }

  /// Opens both roots, or makes them when there are none.
  public static Pki openOrCreate(Path directory, InstantSource clock, SecureRandom random)
      throws IOException {
    return Files.exists(directory.resolve(Trust.METRICS.word()).resolve("ca.key"))
        ? open(directory, clock, random)
        : create(directory, clock, random);
  }

  /// One of the roots.
  public CertificateAuthority authority(Trust trust) {
    CertificateAuthority authority = authorities.get(trust);
    if (authority == null) {
      throw new IllegalStateException("no root for " + trust);
    }
    return authority;
  }

  /// Renews what is due under either root; a failure is logged and tried again with the next call.
  public void renewDue() {
    authorities.forEach(
        (trust, authority) -> {
          try {
            for (Issued renewed : authority.renewDue()) {
              LOG.atInfo()
                  .addKeyValue("root", trust.word())
                  .addKeyValue("certificate", renewed.wish().name())
                  .addKeyValue("until", renewed.notAfter())
                  .log("certificate renewed");
            }
          } catch (IOException e) {
            LOG.atError()
                .setCause(e)
                .addKeyValue("root", trust.word())
                .log("cannot renew certificates, trying again later");
          }
        });
  }

  /// Exports until when each current certificate is valid. Once per registry.
  public void export(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("oriel_pki_certificate_expiry_timestamp_seconds")
        .help("When a certificate that this PKI issued ends, Unix seconds.")
        .labelNames("root", "name")
        .callback(
            callback ->
                authorities.forEach(
                    (trust, authority) -> {
                      try {
                        for (Issued issued : authority.current()) {
                          callback.call(
                              (double) issued.notAfter().getEpochSecond(),
                              trust.word(),
                              issued.wish().name());
                        }
                      } catch (IOException e) {
                        LOG.atWarn().setCause(e).log("cannot read issued certificates");
                      }
                    }))
        .register(registry);
  }
}
