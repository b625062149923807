package io.oriel.app.role.traces;

import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsMaterial;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/// What a server shows to whoever connects now.
final class ShownCertificate {
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private ShownCertificate() {}

  /// The serial number of the certificate at a port of this machine.
  static BigInteger serial(int port, TlsConfig client) throws Exception {
    TlsMaterial material = TlsMaterial.load(client);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {material.keyManager()},
        new TrustManager[] {material.trustManager()},
        new SecureRandom());
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
    }
  }

  /// Waits until a certificate with this serial number is shown.
  static void await(int port, TlsConfig client, BigInteger serial) throws Exception {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (!serial(port, client).equals(serial)) {
      if (System.nanoTime() > until) {
        throw new AssertionError("the certificate " + serial + " is not shown");
      }
      Thread.sleep(50);
    }
  }
}
