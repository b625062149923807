package io.oriel.runtime.tls;

import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a client's certificate lets it in: when it connects, and again with every call, because
/// a connection may outlive its certificate. Whom it refuses is logged and counted. Thread-safe.
public final class PeerCheck extends X509ExtendedTrustManager {
  private static final Logger LOG = LoggerFactory.getLogger(PeerCheck.class);

  private final X509ExtendedTrustManager trust;
  private final Optional<Revocations> revocations;
  private final InstantSource clock;
  private final Consumer<String> refused;

  /// @param revocations none when nothing is ever revoked
  /// @param refused is told the reason of every refusal: `revoked`, `expired`, `not_yet_valid`,
  ///   `untrusted`, `no_certificate`
  public PeerCheck(
      X509ExtendedTrustManager trust,
      Optional<Revocations> revocations,
      InstantSource clock,
      Consumer<String> refused) {
    this.trust = trust;
    this.revocations = revocations;
    this.clock = clock;
    this.refused = refused;
  }

  /// Why the peer of {@code session} may not call any more; empty when it may.
  public Optional<String> refusal(@Nullable SSLSession session) {
    X509Certificate leaf = leaf(session);
    if (leaf == null) {
      return Optional.empty();
    }
    try {
      leaf.checkValidity(Date.from(clock.instant()));
      refuseRevoked(leaf);
      return Optional.empty();
    } catch (CertificateException e) {
      return Optional.of(
          "client certificate: " + refuse(leaf.getSubjectX500Principal().getName(), e));
    }
  }

  /// The certificate that the peer of {@code session} showed; null when it showed none.
  public static @Nullable X509Certificate leaf(@Nullable SSLSession session) {
    try {
      return session != null && session.getPeerCertificates()[0] instanceof X509Certificate leaf
          ? leaf
          : null;
    } catch (SSLPeerUnverifiedException _) {
      return null;
    }
  }

  private void refuseRevoked(X509Certificate leaf) throws CertificateException {
    try {
      if (revocations.isPresent() && revocations.get().isRevoked(leaf)) {
        throw new RevokedException("revoked, serial " + leaf.getSerialNumber().toString(16));
      }
    } catch (IOException | OrielException e) {
      throw new CertificateException("cannot see whether it is revoked: " + e.getMessage(), e);
    }
  }

  private static final class RevokedException extends CertificateException {
    private static final long serialVersionUID = 1;

    RevokedException(String message) {
      super(message);
    }
  }

  /// Counts and logs.
  ///
  /// @return why, for the peer
  String refuse(String subject, Exception failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason =
        switch (root) {
          case RevokedException _ -> "revoked";
          case CertificateExpiredException _ -> "expired";
          case CertificateNotYetValidException _ -> "not_yet_valid";
          default -> "untrusted";
        };
    note(reason, subject, String.valueOf(root.getMessage()));
    return reason.equals("revoked") ? "revoked" : reason + ": " + root.getMessage();
  }

  void note(String reason, String subject, String detail) {
    refused.accept(reason);
    LOG.atWarn()
        .addKeyValue("reason", reason)
        .addKeyValue("subject", subject)
        .addKeyValue("detail", detail)
        .log("client refused");
  }

  private interface Check {
    void run() throws CertificateException;
  }

  private void check(X509Certificate[] chain, Check check) throws CertificateException {
    try {
      check.run();
      refuseRevoked(chain[0]);
    } catch (CertificateException e) {
      refuse(chain.length == 0 ? "" : chain[0].getSubjectX500Principal().getName(), e);
      throw e;
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, () -> trust.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> trust.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, () -> trust.checkClientTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    trust.checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    trust.checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    trust.checkServerTrusted(chain, type);
  }

  /// None are named to clients: one with a certificate of another root would show none then, and
  /// its refusal could not say whose it was.
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
