package io.oriel.app.role.gateway;

import io.oriel.app.role.search.SearchRole;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.gateway.route.GatewayConfig;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.WebConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.node.SearchNodeConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A search engine that can be made to refuse, the gateway before it with mutual TLS, and a
/// certificate for a sender in cluster dev-01.
final class LogFront implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SENDER = "sender";
  private static final long PATIENCE_SECONDS = 60;

  private final Closer closer = new Closer();
  private final CertificateAuthority authority;
  private final SearchRole search;
  private final MoodyEngine moody;
  private final GatewayRole gateway;
  private final HttpClient client;

  LogFront(Path directory) throws IOException, InterruptedException {
    authority =
        Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom())
            .authority(Trust.LOGS_TRACES);
    for (String name : List.of("gateway", SENDER)) {
      authority.issue(
          new CertificateWish(name, "dev-01", List.of("localhost"), Duration.ofDays(1)));
    }
    client = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    search =
        closer.push(
            SearchRole.start(
                new SearchRole.Options(
                    SearchNodeConfig.in(directory.resolve("engine")),
                    HttpServerConfig.on("127.0.0.1:0"),
                    true),
                "test"));
    moody = closer.push(new MoodyEngine(search.engine()));
    TlsConfig tls =
        new TlsConfig(
            "",
            authority.rootFile().toString(),
            "",
            authority.certificateFile("gateway").toString(),
            Secret.none(),
            authority.keyFile("gateway").toString(),
            "",
            false,
            TlsVersion.TLS13,
            TlsVersion.TLS13);
    WebConfig web =
        new WebConfig(
            Optional.of(new WebConfig.Tls(tls, WebConfig.ClientAuth.REQUIRED, Optional.empty())),
            Map.of(),
            Map.of());
    gateway =
        closer.push(
            GatewayRole.start(
                new GatewayRole.Options(
                    new HttpServerConfig(
                        "127.0.0.1:0", "", Duration.ofMinutes(1), 64, 10 << 20, "", web),
                    Optional.of(
                        new GrpcServerConfig(
                            "127.0.0.1:0",
                            Optional.of(new GrpcServerConfig.ServerTls(tls, Optional.empty())),
                            4 << 20,
                            Duration.ofHours(1))),
                    HttpServerConfig.on("127.0.0.1:0"),
                    GatewayConfig.to(moody.uri()),
                    Optional.empty(),
                    GatewayRole.Options.STANDARD_AUDIT_BYTES),
                "test"));
  }

  /// Where clients of Elasticsearch and OTLP over HTTP send to, with the host's name.
  String url() {
    return "https://localhost:" + gateway.port();
  }

  int port() {
    return gateway.port();
  }

  int grpcPort() {
    return gateway.grpcPort();
  }

  Path root() {
    return authority.rootFile();
  }

  Path certificate() {
    return authority.certificateFile(SENDER);
  }

  Path key() {
    return authority.keyFile(SENDER);
  }

  /// The engine as the gateway sees it.
  MoodyEngine engine() {
    return moody;
  }

  /// What log search answers at {@code path}.
  JsonNode ask(String path) throws IOException, InterruptedException {
    return JSON.readTree(
        client
            .send(
                HttpRequest.get(
                    URI.create("http://127.0.0.1:" + search.port() + "/api/v1/logs" + path)))
            .text());
  }

  void refresh() throws IOException, InterruptedException {
    client.send(
        HttpRequest.post(
            URI.create(search.engine() + "/logs-*/_refresh"), "application/json", new byte[0]));
  }

  /// Waits until there are {@code count} documents in {@code index}, or patience ends, and returns
  /// them.
  List<JsonNode> await(String index, int count) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      refresh();
      String target = "/" + index + "/_search?size=10000&ignore_unavailable=true";
      List<JsonNode> documents = new ArrayList<>();
      JSON.readTree(client.send(HttpRequest.get(URI.create(search.engine() + target))).text())
          .at("/hits/hits")
          .forEach(hit -> documents.add(hit.path("_source")));
      if (documents.size() >= count || System.nanoTime() > until) {
        return documents;
      }
      Thread.sleep(100);
    }
  }

  @Override
  public void close() {
    closer.close();
  }
}
