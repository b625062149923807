package io.oriel.app.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Lines from a file in a cluster to log search, through shipper, gateway and engine over mutual
/// TLS, while each of these is stopped and started, and the file is rotated.
@Tag("it")
class LogDrillTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int PATIENCE_SECONDS = 120;

  @TempDir private Path directory;
  private Platform platform;
  private Addresses addresses;
  private HttpClient client;
  private Path file;
  private int written;

  @BeforeEach
  void start() throws Exception {
    file = Files.createDirectories(directory.resolve("app")).resolve("shop.log");
    Topology.LongTerm blocks = Topology.LongTerm.standard();
    Topology topology =
        new Topology(
            List.of(
                new Topology.Cluster(
                    "dev-01",
                    "dev",
                    1,
                    "1d",
                    blocks,
                    List.of(),
                    List.of(file.resolveSibling("*.log*").toString())),
                new Topology.Cluster("ops-01", "ops", 1, "1d", blocks, List.of(), List.of())),
            "",
            5_000,
            "ops-01",
            Topology.EMBEDDED);
    int base = Asking.freePorts();
    addresses = Addresses.of(topology, base);
    client = HttpClient.create(HttpClientConfig.standard(), "test");
    platform = Platform.start(topology, directory.resolve("data"), base, "test", _ -> {});
  }

  @AfterEach
  void stop() {
    client.close();
    platform.close();
  }

  private void write(int count) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines
          .append(Instant.now())
          .append(" stdout F line ")
          .append(written++)
          .append(" of the drill\n");
    }
    Files.writeString(file, lines.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private HttpResult ask(String path) throws Exception {
    return client.send(
        HttpRequest.get(URI.create("http://" + addresses.logs().search() + "/api/v1/logs" + path))
            .withTimeout(Duration.ofSeconds(30)));
  }

  /// The numbers of the lines that were found, in the order of their times.
  private List<Integer> found() throws Exception {
    HttpResult export =
        ask(
            "/export?cluster=dev-01&query="
                + URLEncoder.encode("message: \"of the drill\"", StandardCharsets.UTF_8));
    List<Integer> numbers = new ArrayList<>();
    if (export.isSuccess()) {
      for (String line : export.text().lines().toList()) {
        JsonNode document = JSON.readTree(line);
        assertEquals("dev-01", document.path("cluster").asString(""));
        assertEquals("dev", document.path("environment").asString(""));
        numbers.add(Integer.parseInt(document.path("message").asString("").split(" ")[1]));
      }
    }
    return numbers;
  }

  private void awaitAll() throws Exception {
    List<Integer> numbers = List.of();
    for (int i = 0; i < PATIENCE_SECONDS * 2; i++) {
      try {
        numbers = found();
      } catch (io.oriel.model.error.OrielException e) {
        // the engine is not back yet
        numbers = List.of();
      }
      if (numbers.size() >= written) {
        break;
      }
      Thread.sleep(500);
    }
    assertEquals(IntStream.range(0, written).boxed().toList(), numbers.stream().sorted().toList());
  }

  @Test
  void everyLineIsFoundOnceWhateverIsDownMeanwhile() throws Exception {
    write(500);
    awaitAll();

    platform.roles().stop("ops-01-gateway");
    write(500);
    Files.move(file, file.resolveSibling("shop.log.1"));
    write(500);
    platform.roles().start("ops-01-gateway");
    awaitAll();

    platform.roles().stop("ops-01-search");
    write(500);
    platform.roles().stop("dev-01-ship");
    write(500);
    platform.roles().start("ops-01-search");
    platform.roles().start("dev-01-ship");
    awaitAll();

    String metrics =
        client
            .send(
                HttpRequest.get(
                    URI.create("http://" + addresses.logs().gatewayOperations() + "/metrics")))
            .text();
    assertTrue(
        metrics.contains("oriel_gateway_documents_received_total{cluster=\"dev-01\"}"), metrics);
    String rules =
        client
            .send(
                HttpRequest.get(
                    URI.create(
                        addresses.of("ops-01").metrics().getFirst().url() + "/api/v1/rules")))
            .text();
    assertTrue(rules.contains("alerts-ship.yml"), rules);
    assertTrue(rules.contains("alerts-search.yml"), rules);
    HttpResult own = ask("/search?cluster=ops-01&size=1&query=serves");
    assertTrue(own.text().contains("\"cluster\":\"ops-01\""), own::text);
  }
}
