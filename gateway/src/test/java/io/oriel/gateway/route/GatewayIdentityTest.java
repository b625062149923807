package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.tls.TlsMaterial;
import io.oriel.wire.elastic.BulkReply;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who a client is, and that nothing but its certificate says so.
class GatewayIdentityTest {
  @TempDir private Path directory;
  private GatewayRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new GatewayRig(directory);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void nobodyGetsInWithoutAGoodCertificate() throws Exception {
    Pki other =
        Pki.create(rig.directory.resolve("other"), InstantSource.system(), new SecureRandom());
    CertificateAuthority stranger = other.authority(Trust.LOGS_TRACES);
    stranger.issue(GatewayRig.wish("dev-01-ship", "dev-01"));
    HttpClient anonymous = rig.client(rig.authority, "");
    HttpClient foreign = rig.client(stranger, "dev-01-ship");
    String body = GatewayRig.item("create", "logs-dev-01-default", "1", "{}");

    assertThrows(OrielException.class, () -> rig.bulk(anonymous, body));
    assertThrows(OrielException.class, () -> rig.bulk(foreign, body));
    assertEquals(200, rig.bulk(rig.dev, body).status());
    rig.authority.revoke("dev-01-ship");
    assertEquals(401, rig.bulk(rig.dev, body).status());

    assertEquals(1, rig.engine.requests.get());
    assertEquals(1, rig.counted("oriel_gateway_http_refused", "reason", "no_certificate"));
    assertEquals(1, rig.counted("oriel_gateway_http_refused", "reason", "untrusted"));
    assertEquals(1, rig.counted("oriel_gateway_http_refused", "reason", "revoked"));
  }

  @Test
  void aClusterThatIsNotListedIsRefused() throws Exception {
    HttpClient unknown = rig.client(rig.issue("stag-01-ship", "stag-01"), "stag-01-ship");

    HttpResult result =
        rig.bulk(unknown, GatewayRig.item("create", "logs-stag-01-default", "1", "{}"));

    assertEquals(403, result.status());
    assertTrue(result.text().contains("cluster stag-01 is not known here"), result::text);
    assertEquals(0, rig.engine.requests.get());
  }

  @Test
  void headersSayNothingAboutWhoOneIs() throws Exception {
    HttpResult result =
        rig.dev.send(
            HttpRequest.post(
                    rig.uri("/logs-prod-01-default/_bulk?refresh=true&routing=x"),
                    "application/x-ndjson",
                    "{\"create\":{}}\n{}\n".getBytes(StandardCharsets.UTF_8))
                .withHeader("x-forwarded-client-cert", "URI=spiffe://oriel/cluster/prod-01")
                .withHeader("x-cluster", "prod-01")
                .withHeader("authorization", "Basic cm9vdDpyb290"));
    assertEquals(403, BulkReply.parse(result.body()).items().getFirst().status());

    rig.bulk(rig.dev, GatewayRig.item("create", "logs-dev-01-default", "1", "{}"));

    assertFalse(rig.engine.lastHeaders.containsKey("authorization"));
    assertFalse(rig.engine.lastHeaders.containsKey("x-cluster"));
  }

  /// What a connection of its own is answered; empty when it is refused.
  private String answer(SSLContext context) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("localhost", rig.uri("/").getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /_license HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SSLException | SocketException _) {
      return "";
    }
  }

  /// A session that is taken up again asks no trust manager.
  @Test
  void whoComesBackIsKnownAndRefusedOnceRevoked() throws Exception {
    TlsMaterial material = TlsMaterial.load(rig.tls(rig.authority, "dev-01-ship"));
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(
        new KeyManager[] {material.keyManager()},
        new TrustManager[] {material.trustManager()},
        null);

    assertTrue(answer(context).startsWith("HTTP/1.1 200"));
    assertTrue(answer(context).startsWith("HTTP/1.1 200"));
    rig.authority.revoke("dev-01-ship");
    String refused = answer(context);
    assertTrue(refused.isEmpty() || refused.startsWith("HTTP/1.1 401"), refused);
  }
}
