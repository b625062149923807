package io.oriel.runtime.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/// Self-signed certificates for localhost, made with the JDK's own keytool.
final class TestCertificates {
  private TestCertificates() {}

  /// Writes `NAME.crt` and `NAME.key` into {@code directory}.
  static void write(Path directory, String name) throws IOException, InterruptedException {
    Path store = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost,dns:other.example,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .inheritIO()
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException("keytool failed");
    }
    try (var in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, "changeit".toCharArray());
      pem(
          directory.resolve(name + ".key"),
          "PRIVATE KEY",
          keys.getKey("own", "changeit".toCharArray()).getEncoded());
      pem(directory.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate("own").getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    Files.delete(store);
  }

  private static void pem(Path file, String kind, byte[] bytes) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }
}
