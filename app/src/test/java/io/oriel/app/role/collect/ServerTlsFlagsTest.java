package io.oriel.app.role.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.receive.SpanIntake;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServerTlsFlagsTest {
  private static ServerTlsFlags parse(String... arguments) {
    ServerTlsFlags flags = new ServerTlsFlags();
    CommandLine.ParseResult _ = new CommandLine(flags).parseArgs(arguments);
    return flags;
  }

  @Test
  void flagsThatLackAnotherAreRefused() {
    assertTrue(parse().grpc().isEmpty());
    for (List<String> lacking :
        List.of(
            List.of("--tls-cert=c"),
            List.of("--tls-key=k"),
            List.of("--tls-client-ca=ca"),
            List.of("--tls-cert=c", "--tls-key=k", "--tls-client-crl=crl"),
            List.of("--tls-cert=c", "--tls-key=k", "--tls-min-version=1.1"))) {
      ServerTlsFlags flags = parse(lacking.toArray(String[]::new));
      assertThrows(OrielException.class, flags::grpc, lacking::toString);
      assertThrows(OrielException.class, flags::web, lacking::toString);
    }
  }

  private static HttpClientConfig withCertificate(CertificateAuthority authority, String name) {
    return SearchClientConfig.of(URI.create("https://127.0.0.1"))
        .withTls(
            new TlsConfig(
                "",
                authority.rootFile().toString(),
                "",
                authority.certificateFile(name).toString(),
                Secret.none(),
                authority.keyFile(name).toString(),
                "",
                false,
                TlsVersion.TLS12,
                TlsVersion.TLS13))
        .http();
  }

  @Test
  void aCollectorTakesSpansFromSendersWithACertificateOnly(@TempDir Path directory)
      throws Exception {
    CertificateAuthority authority =
        Pki.openOrCreate(directory, InstantSource.system(), new SecureRandom())
            .authority(Trust.LOGS_TRACES);
    for (String name : List.of("collector", "shop")) {
      authority.ensure(
          new CertificateWish(name, name, List.of("127.0.0.1"), CertificateWish.STANDARD_VALIDITY));
    }
    ServerTlsFlags flags =
        parse(
            "--tls-cert=" + authority.certificateFile("collector"),
            "--tls-key=" + authority.keyFile("collector"),
            "--tls-client-ca=" + authority.rootFile());
    try (CollectRole role =
            CollectRole.start(
                CollectOptions.to(
                        SearchClientConfig.of(URI.create("http://127.0.0.1:1")),
                        new SpanIntake.Stamp("", ""))
                    .listenAnywhere("127.0.0.1")
                    .operations(HttpServerConfig.on("127.0.0.1:0"))
                    .tls(flags.grpc(), flags.web())
                    .build(),
                "test");
        HttpClient known = HttpClient.create(withCertificate(authority, "shop"), "test");
        HttpClient stranger = HttpClient.create(HttpClientConfig.standard(), "test")) {
      HttpRequest request =
          HttpRequest.post(
              URI.create("https://127.0.0.1:" + role.port(CollectPort.OTLP_HTTP) + "/v1/traces"),
              "application/json",
              "{\"resourceSpans\":[]}".getBytes(StandardCharsets.UTF_8));

      assertEquals(200, known.send(request).status());
      assertThrows(OrielException.class, () -> stranger.send(request));
    }
  }
}
