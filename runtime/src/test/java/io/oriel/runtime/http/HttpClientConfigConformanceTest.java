package io.oriel.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigException;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Upstream's HTTP client and TLS configs: those named `bad` are refused, the others are not.
class HttpClientConfigConformanceTest {
  @Test
  void judgesAsUpstreamDoes() throws IOException {
    Path root = Conformance.require("metrics/prometheus-config/http-client");
    List<String> wrong = new ArrayList<>();
    int good = 0;
    int bad = 0;
    try (Stream<Path> list = Files.list(root)) {
      for (Path file : list.sorted().toList()) {
        String name = file.getFileName().toString();
        boolean refused = isRefused(file, name.startsWith("tls_config"));
        if (refused != isMistake(name)) {
          wrong.add((refused ? "refused " : "accepted ") + name);
        }
        bad += refused ? 1 : 0;
        good += refused ? 0 : 1;
      }
    }
    System.out.println(
        "http-client configs: " + good + " good, " + bad + " bad, " + wrong.size() + " wrongly");
    assertEquals(List.of(), wrong);
    assertTrue(good > 5 && bad > 5, "good " + good + ", bad " + bad);
  }

  /// A file that cannot be read is found out by the request that needs it, not by the config.
  private static boolean isMistake(String name) {
    boolean unreadable = name.contains("invalid-bearer-token-file");
    return !unreadable && (name.contains(".bad.") || name.contains(".bad-username."));
  }

  private static boolean isRefused(Path file, boolean tls) throws IOException {
    try {
      ConfigDocument document = ConfigDocument.load(file);
      ConfigMap root = document.root();
      if (tls) {
        TlsConfig.bind(root);
      } else {
        HttpClientConfig.bind(root);
      }
      document.check();
      return false;
    } catch (ConfigException _) {
      return true;
    }
  }
}
