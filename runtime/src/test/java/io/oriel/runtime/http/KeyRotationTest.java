package io.oriel.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsMaterial;
import io.oriel.runtime.tls.TlsVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A handshake asks for an alias, then for its key, then for its chain; certificates are renewed at
/// any moment.
class KeyRotationTest {
  @TempDir private Path directory;
  private TlsMaterial material;

  @BeforeEach
  void load() throws Exception {
    for (String name : new String[] {"one", "two", "three"}) {
      TestCertificates.write(directory, name);
    }
    use("one");
    material =
        TlsMaterial.load(
            new TlsConfig(
                "",
                directory.resolve("own.crt").toString(),
                "",
                directory.resolve("own.crt").toString(),
                Secret.none(),
                directory.resolve("own.key").toString(),
                "",
                false,
                TlsVersion.TLS13,
                TlsVersion.TLS13));
  }

  private void use(String name) throws Exception {
    for (String kind : new String[] {".crt", ".key"}) {
      Files.copy(
          directory.resolve(name + kind),
          directory.resolve("own" + kind),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void renew(String name) throws Exception {
    use(name);
    assertTrue(material.refresh());
  }

  private static boolean isPair(PrivateKey key, X509Certificate certificate) throws Exception {
    Signature signing = Signature.getInstance("SHA256withECDSA");
    signing.initSign(key);
    signing.update((byte) 7);
    byte[] signed = signing.sign();
    Signature checking = Signature.getInstance("SHA256withECDSA");
    checking.initVerify(certificate);
    checking.update((byte) 7);
    return checking.verify(signed);
  }

  @Test
  void aChainAndItsKeyAreOfOnePairThoughRenewedInBetween() throws Exception {
    X509ExtendedKeyManager keys = material.keyManager();
    String alias = keys.chooseEngineServerAlias("EC", null, null);
    PrivateKey key = keys.getPrivateKey(alias);

    renew("two");

    X509Certificate before = keys.getCertificateChain(alias)[0];
    assertEquals("CN=one", before.getSubjectX500Principal().getName());
    assertTrue(isPair(key, before));
    String next = keys.chooseEngineServerAlias("EC", null, null);
    assertNotEquals(alias, next);
    X509Certificate now = keys.getCertificateChain(next)[0];
    assertEquals("CN=two", now.getSubjectX500Principal().getName());
    assertTrue(isPair(keys.getPrivateKey(next), now));
  }

  @Test
  void anAliasOfThePairBeforeTheLastIsNone() throws Exception {
    X509ExtendedKeyManager keys = material.keyManager();
    String alias = keys.chooseEngineClientAlias(new String[] {"EC"}, null, null);

    renew("two");
    renew("three");

    assertNull(keys.getCertificateChain(alias));
    assertNull(keys.getPrivateKey(alias));
    assertNull(keys.getPrivateKey("own"));
  }
}
