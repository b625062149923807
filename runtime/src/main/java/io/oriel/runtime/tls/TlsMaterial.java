package io.oriel.runtime.tls;

import com.linecorp.armeria.common.TlsKeyPair;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// A key pair and trust roots that may change on disk while they are used. Thread-safe.
///
/// {@link #refresh} looks at the files and swaps in what they hold now; managers handed out before
/// use the new material from the next handshake on.
public final class TlsMaterial {
  private final TlsConfig config;
  private final X509ExtendedKeyManager keys = new CurrentKeys(this);
  private final X509ExtendedTrustManager trust = new CurrentTrust(this);

  private final AtomicReference<Held> held;

  /// What is used, and what was before, for handshakes that were going on.
  private record Held(Loaded now, Optional<Loaded> before) {}

  /// What the files held at one moment. An absent key manager means no certificate of our own.
  ///
  /// @param turn how often there was new material before it
  record Loaded(
      long turn,
      Sources sources,
      @Nullable X509ExtendedKeyManager keys,
      X509ExtendedTrustManager trust,
      @Nullable X509Certificate leaf) {
    /** Between the turn and an alias of its key manager. */
    static final char BEHIND_TURN = '/';

    /// An alias that says whose it is.
    String named(String alias) {
      return Long.toString(turn) + BEHIND_TURN + alias;
    }
  }

  /// The PEM texts, to see whether anything changed.
  private record Sources(String ca, String cert, String key) {}

  private TlsMaterial(TlsConfig config, Loaded loaded) {
    this.config = config;
    this.held = new AtomicReference<>(new Held(loaded, Optional.empty()));
  }

  /// Loads what {@code config} names.
  ///
  /// @throws OrielException of kind INVALID when a file is not what it should be, or the key is not
  ///   that of the certificate
  /// @throws IOException when a file cannot be read
  public static TlsMaterial load(TlsConfig config) throws IOException {
    return new TlsMaterial(config, read(0, sources(config)));
  }

  /// Loads the files anew if their content changed; on failure the old material stays in use.
  ///
  /// @return whether there is new material
  public boolean refresh() throws IOException {
    Sources sources = sources(config);
    Held old = held.get();
    if (sources.equals(old.now().sources())) {
      return false;
    }
    Loaded fresh = read(old.now().turn() + 1, sources);
    // who was quicker has loaded the same
    return held.compareAndSet(old, new Held(fresh, Optional.of(old.now())));
  }

  /// The key manager to give to a TLS engine; always answers with the newest certificate.
  public X509ExtendedKeyManager keyManager() {
    return keys;
  }

  /// The same as a factory, for servers that insist on one.
  public KeyManagerFactory keyManagerFactory() {
    return new FixedKeyManagerFactory(keys);
  }

  /// The trust manager to give to a TLS engine; always trusts the newest roots.
  public X509ExtendedTrustManager trustManager() {
    return trust;
  }

  /// When our own certificate ends, Unix milliseconds; `Long.MAX_VALUE` without one.
  public long expiresMillis() {
    X509Certificate leaf = current().leaf();
    return leaf == null ? Long.MAX_VALUE : leaf.getNotAfter().toInstant().toEpochMilli();
  }

  Loaded current() {
    return held.get().now();
  }

  /// What is used, or was just before; empty for what is older.
  Optional<Loaded> ofTurn(String turn) {
    Held now = held.get();
    return Stream.concat(Stream.of(now.now()), now.before().stream())
        .filter(loaded -> Long.toString(loaded.turn()).equals(turn))
        .findFirst();
  }

  private static Sources sources(TlsConfig config) throws IOException {
    return new Sources(
        text(config.ca(), config.caFile()),
        text(config.cert(), config.certFile()),
        text(config.key().reveal(), config.keyFile()));
  }

  private static String text(String inline, String file) throws IOException {
    return file.isEmpty() ? inline : Files.readString(Path.of(file));
  }

  private static Loaded read(long turn, Sources sources) {
    try {
      X509ExtendedTrustManager trust = trustIn(sources.ca());
      if (sources.cert().isEmpty()) {
        return new Loaded(turn, sources, null, trust, null);
      }
      TlsKeyPair pair = TlsKeyPair.of(stream(sources.key()), stream(sources.cert()));
      KeyStore store = emptyStore();
      Certificate[] chain = pair.certificateChain().toArray(new Certificate[0]);
      store.setKeyEntry("own", pair.privateKey(), new char[0], chain);
      checkPair((PrivateKey) store.getKey("own", new char[0]), chain[0].getPublicKey());
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      X509ExtendedKeyManager keys = (X509ExtendedKeyManager) factory.getKeyManagers()[0];
      return new Loaded(turn, sources, keys, trust, pair.certificateChain().getFirst());
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw new OrielException(Kind.INVALID, "cannot use TLS material: " + e.getMessage(), e);
    }
  }

  /// Refuses a key that is not the certificate's, as between the two writes of whoever renews them.
  /// Keys of rare kinds are believed.
  private static void checkPair(PrivateKey own, PublicKey shown) throws GeneralSecurityException {
    String algorithm =
        switch (shown.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA" -> "EdDSA";
          default -> "";
        };
    if (algorithm.isEmpty()) {
      return;
    }
    byte[] probe = {1};
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(own);
    signing.update(probe);
    byte[] signed = signing.sign();
    Signature checking = Signature.getInstance(algorithm);
    checking.initVerify(shown);
    checking.update(probe);
    if (!checking.verify(signed)) {
      throw new InvalidKeyException("the key is not that of the certificate");
    }
  }

  private static X509ExtendedTrustManager trustIn(String pem)
      throws GeneralSecurityException, IOException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    if (pem.isEmpty()) {
      factory.init((KeyStore) null);
    } else {
      Collection<? extends Certificate> roots =
          CertificateFactory.getInstance("X.509").generateCertificates(stream(pem));
      if (roots.isEmpty()) {
        throw new OrielException(Kind.INVALID, "no certificate in the CA file");
      }
      KeyStore store = emptyStore();
      int n = 0;
      for (Certificate root : roots) {
        store.setCertificateEntry("root-" + n++, root);
      }
      factory.init(store);
    }
    TrustManager first = factory.getTrustManagers()[0];
    return (X509ExtendedTrustManager) first;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /// The names of the protocols to offer.
  public String[] protocols() {
    return TlsVersion.protocols(config.minVersion(), config.maxVersion()).toArray(new String[0]);
  }
}
