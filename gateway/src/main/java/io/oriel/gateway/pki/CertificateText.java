package io.oriel.gateway.pki;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/// A certificate as people read it.
public final class CertificateText {
  private CertificateText() {}

  /// Subject, issuer, names, validity, serial number and fingerprint of the first certificate in
  /// {@code file}, one per line.
  ///
  /// @throws OrielException of kind INVALID when the file has none
  public static String of(Path file) throws IOException {
    try {
      X509Certificate certificate = PemFiles.certificate(file);
      return "subject:     %s%nissuer:      %s%nnames:       %s%nvalid from:  %s%nvalid until: %s%nserial:      %s%nsha256:      %s%n"
          .formatted(
              certificate.getSubjectX500Principal(),
              certificate.getIssuerX500Principal(),
              String.join(" ", names(certificate)),
              certificate.getNotBefore().toInstant(),
              certificate.getNotAfter().toInstant(),
              certificate.getSerialNumber().toString(16),
              HexFormat.of()
                  .formatHex(
                      MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
    } catch (GeneralSecurityException e) {
      throw new OrielException(Kind.INVALID, file + ": no certificate: " + e.getMessage(), e);
    }
  }

  private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
    List<String> names = new ArrayList<>();
    Collection<List<?>> all = certificate.getSubjectAlternativeNames();
    if (all != null) {
      all.forEach(name -> names.add(String.valueOf(name.get(1))));
    }
    return names;
  }
}
