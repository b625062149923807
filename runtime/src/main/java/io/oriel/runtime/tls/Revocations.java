package io.oriel.runtime.tls;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;

/// Which certificates are revoked, as a file of CRLs (RFC 5280, PEM or DER) says. Thread-safe.
///
/// The file is looked at again whenever it is asked, so that a revocation counts at once; only its
/// time and size are, unless they changed. A missing file revokes nothing. A CRL whose signature
/// none of the roots made is refused, and the lists before stay in use.
public final class Revocations {
  private final Path file;
  private final Supplier<List<X509Certificate>> roots;

  /** Replaced as a whole when the file changed. */
  private volatile Known known = new Known(FileTime.fromMillis(0), -1, Set.of());

  private record Known(FileTime modified, long bytes, Set<Serial> revoked) {}

  private record Serial(X500Principal issuer, BigInteger number) {}

  /// @param file need not exist yet
  /// @param roots whose signatures count, asked for whenever the file is read
  public Revocations(Path file, Supplier<List<X509Certificate>> roots) {
    this.file = file;
    this.roots = roots;
  }

  /// Whether {@code certificate} is revoked now.
  ///
  /// @throws IOException when the file cannot be read
  /// @throws OrielException of kind INVALID when the file is no CRL, or signed by someone else
  public boolean isRevoked(X509Certificate certificate) throws IOException {
    Serial serial = new Serial(certificate.getIssuerX500Principal(), certificate.getSerialNumber());
    return current().revoked().contains(serial);
  }

  private Known current() throws IOException {
    Known now = known;
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException _) {
      return now;
    }
    if (attributes.size() == now.bytes() && attributes.lastModifiedTime().equals(now.modified())) {
      return now;
    }
    Known read =
        new Known(attributes.lastModifiedTime(), attributes.size(), read(Files.readAllBytes(file)));
    known = read;
    return read;
  }

  private Set<Serial> read(byte[] bytes) {
    Set<Serial> revoked = new HashSet<>();
    try {
      Collection<? extends CRL> lists =
          CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(bytes));
      for (CRL list : lists) {
        X509CRL signed = (X509CRL) list;
        verify(signed);
        Set<? extends X509CRLEntry> entries = signed.getRevokedCertificates();
        if (entries != null) {
          entries.forEach(
              entry ->
                  revoked.add(
                      new Serial(signed.getIssuerX500Principal(), entry.getSerialNumber())));
        }
      }
    } catch (GeneralSecurityException e) {
      throw new OrielException(Kind.INVALID, file + ": not a CRL: " + e.getMessage(), e);
    }
    return revoked;
  }

  private void verify(X509CRL list) {
    if (roots.get().stream().noneMatch(root -> isSignedBy(list, root))) {
      throw new OrielException(
          Kind.INVALID,
          file + ": CRL of " + list.getIssuerX500Principal() + " is not signed by a trusted root");
    }
  }

  private static boolean isSignedBy(X509CRL list, X509Certificate root) {
    try {
      list.verify(root.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
