package io.oriel.runtime.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ConfigDocument;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTest {
  private static HttpServer serve(HttpServerConfig config, Routes routes) throws Exception {
    return HttpServer.start(
        config, routes, new HttpServerMetrics("test", new PrometheusRegistry()));
  }

  private static HttpClient client(String yaml) throws Exception {
    ConfigDocument document = ConfigDocument.parse("client.yml", yaml);
    HttpClientConfig config = HttpClientConfig.bind(document.root());
    document.check();
    return HttpClient.create(config, "oriel-test");
  }

  private static URI uri(HttpServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  @Test
  void answersParametersOfPathQueryAndForm() throws Exception {
    Routes routes =
        new Routes()
            .getOrPost(
                "/v/{name}/x",
                call ->
                    HttpAnswer.text(
                        200,
                        call.method()
                            + " "
                            + call.pathParam("name")
                            + " "
                            + call.param("a")
                            + " "
                            + call.params("a")
                            + " "
                            + call.header("user-agent")));
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        HttpClient client = client("")) {
      HttpResult got = client.send(HttpRequest.get(uri(server, "/v/h%20i/x?a=1&a=2")));
      HttpResult posted =
          client.send(
              HttpRequest.post(
                  uri(server, "/v/b/x?a=q"),
                  "application/x-www-form-urlencoded",
                  "a=f%2B".getBytes(StandardCharsets.UTF_8)));
      HttpResult missing = client.send(HttpRequest.get(uri(server, "/nowhere")));

      assertEquals("GET h i 1 [1, 2] oriel-test", got.text());
      assertEquals("POST b f+ [f+, q] oriel-test", posted.text());
      assertEquals(404, missing.status());
    }
  }

  @Test
  void failuresBecomeTheStatusOfTheirKind() throws Exception {
    Routes routes =
        new Routes()
            .get(
                "/limited",
                _ -> {
                  throw new OrielException(Kind.LIMITED, "max-things: got 2, want at most 1");
                })
            .get(
                "/bug",
                _ -> {
                  throw new IllegalStateException("boom");
                });
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        HttpClient client = client("")) {
      HttpResult limited = client.send(HttpRequest.get(uri(server, "/limited")));
      HttpResult bug = client.send(HttpRequest.get(uri(server, "/bug")));

      assertEquals(429, limited.status());
      assertEquals("max-things: got 2, want at most 1\n", limited.text());
      assertEquals(500, bug.status());
    }
  }

  @Test
  void streamsLargeBodiesAndGzips() throws Exception {
    byte[] line = "0123456789abcdef".repeat(1000).getBytes(StandardCharsets.UTF_8);
    Routes routes =
        new Routes()
            .get(
                "/big",
                _ ->
                    HttpAnswer.stream(
                        200,
                        "text/plain",
                        out -> {
                          for (int i = 0; i < 500; i++) {
                            out.write(line);
                          }
                        }));
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        HttpClient client = client("")) {
      HttpResult big = client.send(HttpRequest.get(uri(server, "/big")));

      assertEquals(8_000_000, big.body().length);
      assertEquals("gzip", big.header("content-encoding"));
      OrielException refused =
          assertThrows(
              OrielException.class,
              () -> client.send(HttpRequest.get(uri(server, "/big")).withMaxBodyBytes(1 << 20)));
      assertEquals(Kind.LIMITED, refused.kind());
    }
  }

  @Test
  void compressesJsonOfAnyNameButNothingTwice() throws Exception {
    byte[] json = ("[" + "1,".repeat(5_000) + "1]").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(json);
    }
    Routes routes =
        new Routes()
            .get("/plain", _ -> HttpAnswer.json(200, json))
            .get("/vendor", _ -> HttpAnswer.of(200, "application/vnd.a+json;version=8", json))
            .get("/lines", _ -> HttpAnswer.of(200, "application/x-ndjson", json))
            .get("/image", _ -> HttpAnswer.of(200, "image/png", json))
            .get("/short", _ -> HttpAnswer.json(200, Arrays.copyOf(json, 900)))
            .get(
                "/packed",
                _ -> HttpAnswer.json(200, packed.toByteArray()).header("content-encoding", "gzip"));
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        HttpClient client = client("")) {
      for (String path : List.of("/plain", "/vendor", "/lines", "/packed")) {
        HttpResult got = client.send(HttpRequest.get(uri(server, path)));

        assertEquals("gzip", got.header("content-encoding"), path);
        assertArrayEquals(json, got.body(), path);
      }
      for (String path : List.of("/image", "/short")) {
        assertEquals(
            "", client.send(HttpRequest.get(uri(server, path))).header("content-encoding"), path);
      }
      assertEquals(
          "",
          client
              .send(
                  HttpRequest.get(uri(server, "/plain")).withHeader("accept-encoding", "identity"))
              .header("content-encoding"));
    }
  }

  @Test
  void sendsEachPieceOfACompressedStreamWhenItIsWritten() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    Routes routes =
        new Routes()
            .get(
                "/tail",
                _ ->
                    HttpAnswer.stream(
                        200,
                        "application/x-ndjson",
                        out -> {
                          out.write("{\"line\":1}\n".getBytes(StandardCharsets.UTF_8));
                          out.flush();
                          waitFor(seen);
                          out.write("{\"line\":2}\n".getBytes(StandardCharsets.UTF_8));
                        }));
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes)) {
      URLConnection connection = uri(server, "/tail").toURL().openConnection();
      connection.setRequestProperty("accept-encoding", "gzip");
      // a reader of text would wait for more than one piece
      try (GZIPInputStream pieces = new GZIPInputStream(connection.getInputStream())) {
        assertEquals("{\"line\":1}\n", text(pieces.readNBytes(11)));
        seen.countDown();
        assertEquals("{\"line\":2}\n", text(pieces.readAllBytes()));
      }
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void refusesGzipBombs() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(new byte[64 << 20]);
    }
    Routes routes =
        new Routes()
            .get(
                "/bomb",
                _ ->
                    HttpAnswer.of(200, "text/plain", bytes.toByteArray())
                        .header("content-encoding", "gzip"));
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        HttpClient client = client("")) {
      OrielException refused =
          assertThrows(
              OrielException.class,
              () -> client.send(HttpRequest.get(uri(server, "/bomb")).withMaxBodyBytes(1 << 20)));

      assertTrue(refused.reason().startsWith("body_size_limit"), refused::reason);
    }
  }

  @Test
  void basicAuthenticationLetsOnlyKnownUsersIn(@TempDir Path directory) throws Exception {
    String hash = BCrypt.withDefaults().hashToString(4, "pass:word".toCharArray());
    Path file = directory.resolve("web.yml");
    Files.writeString(file, "basic_auth_users:\n  alice: " + hash + "\n");
    HttpServerConfig open = HttpServerConfig.on("127.0.0.1:0");
    HttpServerConfig config =
        new HttpServerConfig(
            open.listenAddress(), "/p", open.readTimeout(), 10, 100, ".*", WebConfig.load(file));
    Routes routes = new Routes().getOrPost("/x", call -> HttpAnswer.text(200, call.path()));
    try (HttpServer server = serve(config, routes);
        HttpClient alice = client("basic_auth: {username: alice, password: 'pass:word'}");
        HttpClient mallory = client("basic_auth: {username: mallory, password: x}");
        HttpClient nobody = client("")) {
      assertEquals("/x", alice.send(HttpRequest.get(uri(server, "/p/x"))).text());
      assertEquals(200, alice.send(HttpRequest.get(uri(server, "/p/x"))).status());
      assertEquals(401, mallory.send(HttpRequest.get(uri(server, "/p/x"))).status());
      assertEquals(401, nobody.send(HttpRequest.get(uri(server, "/p/x"))).status());
      HttpRequest large = HttpRequest.post(uri(server, "/p/x"), "text/plain", new byte[1000]);
      assertEquals(413, alice.send(large).status());
    }
  }

  @Test
  void mutualTlsSurvivesNewCertificates(@TempDir Path directory) throws Exception {
    TestCertificates.write(directory, "one");
    TestCertificates.write(directory, "two");
    TestCertificates.write(directory, "client");
    copy(directory, "one");
    Path file = directory.resolve("web.yml");
    Files.writeString(
        file,
        """
        tls_server_config:
          cert_file: server.crt
          key_file: server.key
          client_auth_type: RequireAndVerifyClientCert
          client_ca_file: client.crt
        """);
    HttpServerConfig open = HttpServerConfig.on("127.0.0.1:0");
    HttpServerConfig config =
        new HttpServerConfig(
            open.listenAddress(), "", open.readTimeout(), 10, 100, ".*", WebConfig.load(file));
    Routes routes = new Routes().get("/x", _ -> HttpAnswer.text(200, "in"));
    String yaml =
        """
        tls_config:
          ca_file: %s
          cert_file: %2$s/client.crt
          key_file: %2$s/client.key
        """;
    try (HttpServer server = serve(config, routes);
        HttpClient known = client(yaml.formatted(directory.resolve("one.crt"), directory));
        HttpClient later = client(yaml.formatted(directory.resolve("two.crt"), directory));
        HttpClient anonymous =
            client("tls_config: {ca_file: %s}".formatted(directory.resolve("one.crt")))) {
      URI uri = URI.create("https://127.0.0.1:" + server.port() + "/x");

      assertEquals("in", known.send(HttpRequest.get(uri)).text());
      assertThrows(OrielException.class, () -> anonymous.send(HttpRequest.get(uri)));
      assertThrows(OrielException.class, () -> later.send(HttpRequest.get(uri)));
      copy(directory, "two");
      server.refreshTls();
      assertEquals("in", later.send(HttpRequest.get(uri)).text());
    }
  }

  private static void copy(Path directory, String name) throws Exception {
    for (String end : List.of(".crt", ".key")) {
      Files.copy(
          directory.resolve(name + end),
          directory.resolve("server" + end),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void tellsWhatCannotBeReachedAndWhatIsLate() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Routes routes =
        new Routes()
            .get(
                "/slow",
                _ -> {
                  never.await();
                  return HttpAnswer.empty(200);
                });
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        HttpClient client = client("")) {
      OrielException late =
          assertThrows(
              OrielException.class,
              () ->
                  client.send(
                      HttpRequest.get(uri(server, "/slow")).withTimeout(Duration.ofMillis(200))));
      assertEquals(Kind.TIMEOUT, late.kind());
      never.countDown();
    }
    try (HttpClient client = client("")) {
      OrielException gone =
          assertThrows(
              OrielException.class,
              () -> client.send(HttpRequest.get(URI.create("http://127.0.0.1:1/x"))));
      assertEquals(Kind.UNAVAILABLE, gone.kind());
      assertTrue(gone.reason().contains("refused"), gone::reason);
    }
  }

  @Test
  void followsRedirectsUnlessTold() throws Exception {
    Routes routes =
        new Routes()
            .get("/from", _ -> HttpAnswer.redirect("/to?x=1"))
            .get("/to", call -> HttpAnswer.text(200, "there " + call.param("x")));
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        HttpClient follows = client("");
        HttpClient stays = client("follow_redirects: false")) {
      assertEquals("there 1", follows.send(HttpRequest.get(uri(server, "/from"))).text());
      assertEquals(302, stays.send(HttpRequest.get(uri(server, "/from"))).status());
    }
  }

  @Test
  void fetchesAndKeepsOAuthTokens() throws Exception {
    int[] fetched = {0};
    Routes routes =
        new Routes()
            .post(
                "/token",
                call -> {
                  fetched[0]++;
                  return HttpAnswer.json(
                      200,
                      ("{\"access_token\":\"t-" + call.param("scope") + "\",\"expires_in\":3600}")
                          .getBytes(StandardCharsets.UTF_8));
                })
            .get("/who", call -> HttpAnswer.text(200, call.header("authorization")));
    try (HttpServer server = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        HttpClient client =
            client(
                "oauth2: {client_id: a, client_secret: b, scopes: [s], token_url: \"%s\"}"
                    .formatted(uri(server, "/token")))) {
      client.send(HttpRequest.get(uri(server, "/who")));

      assertEquals("Bearer t-s", client.send(HttpRequest.get(uri(server, "/who"))).text());
      assertEquals(1, fetched[0]);
    }
  }

  @Test
  void theEnvironmentsProxyIsUsedButForThisMachine() throws Exception {
    Routes routes = new Routes().get("/near", _ -> HttpAnswer.text(200, "near"));
    HttpClientConfig plain = HttpClientConfig.standard();
    HttpClientConfig config =
        new HttpClientConfig(
            plain.basicAuth(),
            plain.authorization(),
            plain.oauth2(),
            plain.tls(),
            new ProxyConfig("", "", true, Map.of()),
            true,
            true,
            Map.of(),
            Map.of());
    try (HttpServer near = serve(HttpServerConfig.on("127.0.0.1:0"), routes);
        ServerSocket proxy = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        HttpClient client =
            HttpClient.create(
                config, "test", Map.of("http_proxy", "127.0.0.1:" + proxy.getLocalPort()))) {
      CompletableFuture<String> asked = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            try (Socket connection = proxy.accept()) {
              asked.complete(
                  new BufferedReader(
                          new InputStreamReader(
                              connection.getInputStream(), StandardCharsets.US_ASCII))
                      .readLine());
            } catch (IOException e) {
              asked.completeExceptionally(e);
            }
          });

      assertEquals("near", client.send(HttpRequest.get(uri(near, "/near"))).text());
      assertThrows(
          OrielException.class,
          () -> client.send(HttpRequest.get(URI.create("http://far.example:81/a"))));

      assertEquals("CONNECT far.example:81 HTTP/1.1", asked.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void noProxyRules() {
    Map<String, String> environment =
        Map.of("HTTP_PROXY", "http://p:3128", "no_proxy", "internal,10.0.0.0/8,h:81,.dot");
    ProxyChoice choice = new ProxyChoice(new ProxyConfig("", "", true, Map.of()), environment);

    assertEquals("http://p:3128", choice.proxyFor(false, "example.com", 80));
    assertEquals("", choice.proxyFor(false, "a.internal", 80));
    assertEquals("", choice.proxyFor(false, "10.1.2.3", 80));
    assertEquals("http://p:3128", choice.proxyFor(false, "11.1.2.3", 80));
    assertEquals("", choice.proxyFor(false, "h", 81));
    assertEquals("http://p:3128", choice.proxyFor(false, "h", 80));
    assertEquals("http://p:3128", choice.proxyFor(false, "dot", 80));
    assertEquals("", choice.proxyFor(false, "x.dot", 80));
    assertEquals("", choice.proxyFor(false, "localhost", 80));
    assertEquals("", choice.proxyFor(true, "example.com", 443));
  }

  @Test
  void aRouteIsThereOnce() {
    Routes routes = new Routes().get("/a", _ -> HttpAnswer.text(200, "a"));
    routes.post("/a", _ -> HttpAnswer.text(200, "b"));

    assertThrows(
        IllegalStateException.class, () -> routes.getOrPost("/a", _ -> HttpAnswer.text(200, "c")));
  }
}
