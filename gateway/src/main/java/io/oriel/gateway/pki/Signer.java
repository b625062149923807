package io.oriel.gateway.pki;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes keys, certificates and CRLs. Bouncy Castle stays in here.
final class Signer {
  private static final String ALGORITHM = "SHA256withECDSA";

  /** Clocks of clusters differ a little. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final Duration CRL_LIFE = Duration.ofDays(30);
  private static final int SERIAL_BITS = 127;

  private final SecureRandom random;

  Signer(SecureRandom random) {
    this.random = random;
  }

  KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new OrielException(Kind.BUG, "no EC keys: " + e.getMessage(), e);
    }
  }

  BigInteger newSerial() {
    return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
  }

  /// A root that signs itself.
  X509Certificate root(String name, KeyPair key, Instant now, Duration validity) {
    X500Name subject = commonName(name);
    return built(
        () -> {
          X509v3CertificateBuilder builder =
              new JcaX509v3CertificateBuilder(
                  subject,
                  newSerial(),
                  Date.from(now.minus(SKEW)),
                  Date.from(now.plus(validity)),
                  subject,
                  key.getPublic());
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
          builder.addExtension(
              Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
          builder.addExtension(
              Extension.subjectKeyIdentifier,
              false,
              new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic()));
          return certificate(builder, key.getPrivate());
        });
  }

  /// A certificate for both sides of TLS.
  X509Certificate leaf(
      CertificateWish wish, PublicKey key, Instant now, X509Certificate root, PrivateKey rootKey) {
    return built(
        () -> {
          X509v3CertificateBuilder builder =
              new JcaX509v3CertificateBuilder(
                  root,
                  newSerial(),
                  Date.from(now.minus(SKEW)),
                  Date.from(now.plus(wish.validity())),
                  commonName(wish.name()),
                  key);
          JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
          builder.addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(
                  new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                  }));
          builder.addExtension(
              Extension.authorityKeyIdentifier,
              false,
              extensions.createAuthorityKeyIdentifier(root));
          GeneralNames names = names(wish);
          if (names.getNames().length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, names);
          }
          return certificate(builder, rootKey);
        });
  }

  private static GeneralNames names(CertificateWish wish) {
    List<GeneralName> names = new ArrayList<>();
    for (String host : wish.hosts()) {
      boolean ip = host.contains(":") || host.matches("[0-9]+(\\.[0-9]+){3}");
      names.add(new GeneralName(ip ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    if (!wish.cluster().isEmpty()) {
      names.add(
          new GeneralName(
              GeneralName.uniformResourceIdentifier, CertificateWish.identity(wish.cluster())));
    }
    return new GeneralNames(names.toArray(new GeneralName[0]));
  }

  /// A CRL with these certificates, DER.
  byte[] revocations(List<Issued> revoked, Instant now, X509Certificate root, PrivateKey rootKey) {
    return built(
        () -> {
          X509v2CRLBuilder builder =
              new X509v2CRLBuilder(
                  X500Name.getInstance(root.getSubjectX500Principal().getEncoded()),
                  Date.from(now));
          builder.setNextUpdate(Date.from(now.plus(CRL_LIFE)));
          for (Issued issued : revoked) {
            builder.addCRLEntry(
                issued.serial(),
                Date.from(issued.revoked().orElse(now)),
                CRLReason.cessationOfOperation);
          }
          return builder.build(signer(rootKey)).getEncoded();
        });
  }

  private static X500Name commonName(String name) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
  }

  private static X509Certificate certificate(X509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    X509CertificateHolder holder = builder.build(signer(key));
    return new JcaX509CertificateConverter().getCertificate(holder);
  }

  private static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
    return new JcaContentSignerBuilder(ALGORITHM).build(key);
  }

  private interface Building<T> {
    T build() throws IOException, OperatorCreationException, GeneralSecurityException;
  }

  private static <T> T built(Building<T> building) {
    try {
      return building.build();
    } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
      throw new OrielException(Kind.BUG, "cannot sign: " + e.getMessage(), e);
    }
  }
}
