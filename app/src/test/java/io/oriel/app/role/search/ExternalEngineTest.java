package io.oriel.app.role.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents;
import io.oriel.search.client.EngineException;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.search.query.SearchRequest;
import io.oriel.testkit.Peer;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An engine elsewhere: TLS under a root of its own, users with passwords, API keys, several nodes.
class ExternalEngineTest {
  @TempDir private static Path directory;
  private static final Closer CLOSER = new Closer();
  private static CertificateAuthority authority;
  private static CertificateAuthority stranger;
  private static SecuredEngine engine;

  @BeforeAll
  static void start() throws IOException {
    Pki pki = Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom());
    authority = pki.authority(Trust.LOGS_TRACES);
    stranger = pki.authority(Trust.METRICS);
    authority.issue(
        new CertificateWish("engine", "ops-01", List.of("localhost"), Duration.ofDays(1)));
    SearchNode node =
        CLOSER.push(
            SearchNode.start(
                SearchNodeConfig.in(directory.resolve("engine")), InstantSource.system()));
    engine =
        CLOSER.push(
            new SecuredEngine(
                node.uri(), authority.certificateFile("engine"), authority.keyFile("engine")));
  }

  @AfterAll
  static void stop() {
    CLOSER.close();
  }

  private static TlsConfig trusting(Path root) {
    return new TlsConfig(
        "",
        root.toString(),
        "",
        "",
        Secret.none(),
        "",
        "",
        false,
        TlsVersion.TLS12,
        TlsVersion.TLS13);
  }

  private static SearchClientConfig at(URI... urls) {
    return SearchClientConfig.of(List.of(urls))
        .withTls(trusting(authority.rootFile()))
        .withTimeout(Duration.ofSeconds(20));
  }

  private static SearchClientConfig asUser(String user, String password) {
    return at(engine.uri()).withBasicAuth(user, Secret.of(password));
  }

  private static void writeAndFind(SearchClientConfig config, String index) throws Exception {
    try (SearchClient client = SearchClient.create(config, "test")) {
      BulkBody body = new BulkBody(1 << 20);
      body.add(
          BulkAction.of(BulkOp.CREATE, index, "1"),
          "{\"message\":\"hello\"}".getBytes(StandardCharsets.UTF_8));
      assertFalse(client.documents().bulk(body, Documents.Refresh.WAIT).hasErrors());
      assertEquals(1, client.documents().search(SearchRequest.of(index)).total());
    }
  }

  private static OrielException refusal(SearchClientConfig config) throws IOException {
    try (SearchClient client = SearchClient.create(config, "test")) {
      return assertThrows(OrielException.class, client::engine);
    }
  }

  @Test
  void aUserWithAPasswordWritesAndFinds() throws Exception {
    writeAndFind(asUser(SecuredEngine.USER, SecuredEngine.PASSWORD), "external-basic");
  }

  @Test
  void anApiKeyWritesAndFinds() throws Exception {
    writeAndFind(at(engine.uri()).withApiKey(Secret.of(SecuredEngine.API_KEY)), "external-key");
  }

  @Test
  void theNextNodeIsAskedWhenOneIsDown() throws Exception {
    writeAndFind(
        at(URI.create("https://" + Peer.freeAddress()), engine.uri())
            .withBasicAuth(SecuredEngine.USER, Secret.of(SecuredEngine.PASSWORD)),
        "external-dead-node");
  }

  @Test
  void anotherRootIsToldAsSuch() throws IOException {
    OrielException refused =
        refusal(
            asUser(SecuredEngine.USER, SecuredEngine.PASSWORD)
                .withTls(trusting(stranger.rootFile())));

    assertEquals(Kind.UNAVAILABLE, refused.kind());
    assertTrue(refused.reason().contains(engine.uri().toString()), refused::reason);
    assertTrue(refused.reason().contains("certificate is not trusted"), refused::reason);
    assertTrue(refused.reason().contains("ca_file"), refused::reason);
  }

  @Test
  void anotherHostNameIsToldAsSuch() throws IOException {
    OrielException refused =
        refusal(at(URI.create(engine.uri().toString().replace("localhost", "127.0.0.1"))));

    assertEquals(Kind.UNAVAILABLE, refused.kind());
    assertTrue(refused.reason().contains("127.0.0.1"), refused::reason);
    assertTrue(refused.reason().contains("certificate"), refused::reason);
  }

  @Test
  void aWrongPasswordIsToldAsSuch() throws IOException {
    OrielException refused = refusal(asUser(SecuredEngine.USER, "guessed"));

    assertEquals(Kind.UNAUTHENTICATED, refused.kind());
    assertEquals(401, ((EngineException) refused).status());
    assertTrue(refused.reason().contains("unable to authenticate"), refused::reason);
    assertFalse(refused.reason().contains("guessed"), refused::reason);
  }

  @Test
  void aUserWithoutTheRightIsToldAsSuch() throws IOException {
    OrielException refused = refusal(asUser(SecuredEngine.GUEST, SecuredEngine.PASSWORD));

    assertEquals(Kind.FORBIDDEN, refused.kind());
    assertEquals(403, ((EngineException) refused).status());
    assertTrue(refused.reason().contains("unauthorized for user [guest]"), refused::reason);
  }

  @Test
  void logSearchServesOverIt() throws Exception {
    SearchClientConfig config = asUser(SecuredEngine.USER, SecuredEngine.PASSWORD);
    try (SearchRole role = SearchRole.over(config, HttpServerConfig.on("127.0.0.1:0"), "test");
        SearchClient client = SearchClient.create(config, "test");
        HttpClient http = HttpClient.create(HttpClientConfig.standard(), "test")) {
      BulkBody body = new BulkBody(1 << 20);
      String line =
          "{\"@timestamp\":\""
              + Instant.now()
              + "\",\"message\":\"far away\",\"cluster\":\"dev-01\"}";
      body.add(
          BulkAction.of(BulkOp.CREATE, "logs-dev-01-default", "1"),
          line.getBytes(StandardCharsets.UTF_8));
      assertFalse(client.documents().bulk(body, Documents.Refresh.WAIT).hasErrors());
      URI found =
          URI.create("http://127.0.0.1:" + role.port() + "/api/v1/logs/search?query=message:far");

      String answer = http.send(HttpRequest.get(found)).text();

      assertTrue(answer.contains("far away"), answer);
    }
  }
}
