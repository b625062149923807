package io.oriel.gateway.pki;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One root and what it has issued. Thread-safe; several processes may use one directory, changes
/// wait for each other.
public final class CertificateAuthority {
  private static final Duration ROOT_VALIDITY = Duration.ofDays(3650);

  private final Path directory;
  private final Signer signer;
  private final InstantSource clock;
  private final X509Certificate root;
  private final PrivateKey rootKey;

  private CertificateAuthority(
      Path directory,
      Signer signer,
      InstantSource clock,
      X509Certificate root,
      PrivateKey rootKey) {
    this.directory = directory;
    this.signer = signer;
    this.clock = clock;
    this.root = root;
    this.rootKey = rootKey;
  }

  /// Makes a new root in {@code directory}.
  ///
  /// @param name its common name
  /// @throws OrielException of kind CONFLICT when there is one already
  static CertificateAuthority create(
      Path directory, String name, InstantSource clock, SecureRandom random) throws IOException {
    if (Files.exists(directory.resolve("ca.key"))) {
      throw new OrielException(Kind.CONFLICT, directory + ": has a root already");
    }
    Files.createDirectories(directory.resolve("issued"));
    Signer signer = new Signer(random);
    KeyPair key = signer.newKey();
    X509Certificate root = signer.root(name, key, clock.instant(), ROOT_VALIDITY);
    PemFiles.write(directory.resolve("ca.crt"), pem(root));
    PemFiles.writeSecret(
        directory.resolve("ca.key"), PemFiles.pem("PRIVATE KEY", key.getPrivate().getEncoded()));
    CertificateAuthority created =
        new CertificateAuthority(directory, signer, clock, root, key.getPrivate());
    created.writeRevocations(List.of());
    return created;
  }

  /// Opens the root in {@code directory}.
  ///
  /// @throws OrielException of kind NOT_FOUND when there is none, CORRUPT when its files are not
  ///   what they should be
  static CertificateAuthority open(Path directory, InstantSource clock, SecureRandom random)
      throws IOException {
    if (!Files.exists(directory.resolve("ca.key"))) {
      throw new OrielException(
          Kind.NOT_FOUND, directory + ": no root here; oriel pki init makes one");
    }
    try {
      return new CertificateAuthority(
          directory,
          new Signer(random),
          clock,
          PemFiles.certificate(directory.resolve("ca.crt")),
          PemFiles.key(directory.resolve("ca.key")));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new OrielException(Kind.CORRUPT, directory + ": " + e.getMessage(), e);
    }
  }

  /// The root's certificate.
  public Path rootFile() {
    return directory.resolve("ca.crt");
  }

  /// The CRL, for servers to look at.
  public Path revocationsFile() {
    return directory.resolve("crl.pem");
  }

  /// The certificate of {@code name}, newest; it need not exist.
  public Path certificateFile(String name) {
    return directory.resolve("issued").resolve(name + ".crt");
  }

  /// The key of {@code name}, newest; it need not exist.
  public Path keyFile(String name) {
    return directory.resolve("issued").resolve(name + ".key");
  }

  /// Issues a certificate with a new key, in place of one of the same name. The one before stays
  /// valid until its end.
  ///
  /// The key is written first, so a reader may see a pair that does not match for a moment; {@link
  /// io.oriel.runtime.tls.TlsMaterial} then keeps what it has until the next look.
  public Issued issue(CertificateWish wish) throws IOException {
    return alone(() -> issueAlone(wish));
  }

  /// Sees to it that there is a certificate as wished for: issues one unless the newest of that
  /// name is for the same cluster and hosts and not due for renewal. A revoked one is left alone
  /// until it would have ended, so that a restart gives nobody back what was taken; {@link #issue}
  /// does.
  public void ensure(CertificateWish wish) throws IOException {
    alone(
        () -> {
          Optional<Issued> newest =
              issued().stream()
                  .filter(issued -> issued.wish().name().equals(wish.name()))
                  .reduce((_, later) -> later);
          boolean serves =
              newest.isPresent()
                  && Files.exists(certificateFile(wish.name()))
                  && Files.exists(keyFile(wish.name()))
                  && (newest.get().revoked().isPresent()
                      || newest.get().wish().isFor(wish) && !newest.get().isDue(clock.instant()));
          return serves ? newest.get() : issueAlone(wish);
        });
  }

  private Issued issueAlone(CertificateWish wish) throws IOException {
    KeyPair key = signer.newKey();
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    X509Certificate leaf = signer.leaf(wish, key.getPublic(), now, root, rootKey);
    Issued issued =
        new Issued(
            wish, leaf.getSerialNumber(), now, leaf.getNotAfter().toInstant(), Optional.empty());
    List<Issued> all = new ArrayList<>(issued());
    all.add(issued);
    writeIssued(all);
    PemFiles.writeSecret(
        keyFile(wish.name()), PemFiles.pem("PRIVATE KEY", key.getPrivate().getEncoded()));
    PemFiles.write(certificateFile(wish.name()), pem(leaf));
    return issued;
  }

  /// Everything that was issued and has not ended, oldest first; revoked ones too.
  public List<Issued> issued() throws IOException {
    Path file = directory.resolve("issued.tsv");
    if (!Files.exists(file)) {
      return List.of();
    }
    Instant now = clock.instant();
    return Files.readAllLines(file).stream()
        .map(line -> Issued.parse(line, file.toString()))
        .filter(issued -> issued.notAfter().isAfter(now))
        .toList();
  }

  /// The newest certificate of each name that is not revoked.
  public List<Issued> current() throws IOException {
    Map<String, Issued> newest = new LinkedHashMap<>();
    for (Issued issued : issued()) {
      newest.put(issued.wish().name(), issued);
    }
    return newest.values().stream().filter(issued -> issued.revoked().isEmpty()).toList();
  }

  /// Issues the certificate of {@code name} anew, as it was wished for.
  ///
  /// @throws OrielException of kind NOT_FOUND when there is none that is valid
  public Issued rotate(String name) throws IOException {
    return alone(
        () -> {
          for (Issued issued : current()) {
            if (issued.wish().name().equals(name)) {
              return issueAlone(issued.wish());
            }
          }
          throw new OrielException(Kind.NOT_FOUND, "no valid certificate \"" + name + "\"");
        });
  }

  /// Renews what is due and not revoked.
  ///
  /// @return what was renewed
  public List<Issued> renewDue() throws IOException {
    return alone(
        () -> {
          List<Issued> renewed = new ArrayList<>();
          for (Issued issued : current()) {
            if (issued.isDue(clock.instant())) {
              renewed.add(issueAlone(issued.wish()));
            }
          }
          return renewed;
        });
  }

  /// Revokes every certificate of {@code name}; servers refuse them from their next call on.
  ///
  /// @return how many were revoked now
  /// @throws OrielException of kind NOT_FOUND when none was ever issued, or all have ended
  public int revoke(String name) throws IOException {
    return alone(() -> revokeAlone(name));
  }

  private interface Change<T> {
    T make() throws IOException;
  }

  /// Makes a change while no other thread and no other process makes one.
  private <T> T alone(Change<T> change) throws IOException {
    synchronized (CertificateAuthority.class) {
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        return change.make();
      }
    }
  }

  private int revokeAlone(String name) throws IOException {
    List<Issued> all = new ArrayList<>();
    int revoked = 0;
    boolean known = false;
    for (Issued issued : issued()) {
      boolean named = issued.wish().name().equals(name);
      known |= named;
      boolean now = named && issued.revoked().isEmpty();
      revoked += now ? 1 : 0;
      all.add(now ? issued.revokedAt(clock.instant()) : issued);
    }
    if (!known) {
      throw new OrielException(Kind.NOT_FOUND, "no certificate \"" + name + "\"");
    }
    writeIssued(all);
    writeRevocations(all.stream().filter(issued -> issued.revoked().isPresent()).toList());
    return revoked;
  }

  private void writeIssued(List<Issued> all) throws IOException {
    StringBuilder text = new StringBuilder();
    all.forEach(issued -> text.append(issued.line()).append('\n'));
    PemFiles.write(directory.resolve("issued.tsv"), text.toString());
  }

  private void writeRevocations(List<Issued> revoked) throws IOException {
    byte[] list = signer.revocations(revoked, clock.instant(), root, rootKey);
    PemFiles.write(revocationsFile(), PemFiles.pem("X509 CRL", list));
  }

  private static String pem(X509Certificate certificate) {
    try {
      return PemFiles.pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new OrielException(Kind.BUG, "cannot encode a certificate", e);
    }
  }
}
