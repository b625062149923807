package io.oriel.traces.query;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.oriel.model.trace.Span;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents.Refresh;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.client.Templates;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.testkit.Conformance;
import io.oriel.traces.index.SpanEncoder;
import io.oriel.traces.index.TagFields;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One node for all tests of the module, with Jaeger's own templates; tests keep apart by the
/// prefix of their indices.
public final class SharedEngine {
  /** Starts when the first test asks for it. */
  private static final class Holder {
    private static final SharedEngine ONE = start();
  }

  private final SearchNode node;
  private final SearchClient client;

  private SharedEngine(SearchNode node, SearchClient client) {
    this.node = node;
    this.client = client;
  }

  public static SharedEngine get() {
    return Holder.ONE;
  }

  private static SharedEngine start() {
    try {
      Path directory = Files.createTempDirectory("oriel-traces");
      SearchNode node = SearchNode.start(SearchNodeConfig.in(directory), InstantSource.system());
      SearchClient client = SearchClient.create(SearchClientConfig.of(node.uri()), "test");
      Runtime.getRuntime().addShutdownHook(new Thread(node::close));
      for (String kind : List.of("span", "service", "dependencies")) {
        template(client, kind);
      }
      return new SharedEngine(node, client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Upstream's template as upstream fills it in without a lifecycle; one shard is enough here.
  private static void template(SearchClient client, String kind)
      throws IOException, InterruptedException {
    String source =
        Files.readString(
            Conformance.require("traces/jaeger/es-index-templates/jaeger-" + kind + ".json"));
    String filled =
        source
            .replaceAll("(?s)\\{\\{- if \\.IsOpenSearch ?}}.*?\\{\\{- end ?}}", "")
            .replaceAll("(?s)\\{\\{- if \\.UseILM ?}}.*?\\{\\{- end ?}}", "")
            .replace("{{ .Shards }}", "1")
            .replace("{{ .Replicas }}", "0");
    client
        .templates()
        .put(
            Templates.Kinds.INDEX,
            "jaeger-" + kind,
            "{\"index_patterns\":[\"*jaeger-"
                + kind
                + "-*\"],\"priority\":10,\"template\":"
                + filled
                + "}");
  }

  public SearchClient client() {
    return client;
  }

  public java.net.URI uri() {
    return node.uri();
  }

  /// Writes spans and their services to daily indices, as Jaeger does; they are found afterwards.
  public void write(String prefix, TagFields fields, List<Span> spans) throws InterruptedException {
    SpanEncoder encoder = new SpanEncoder(fields);
    String start = prefix.isEmpty() ? "" : prefix + "-";
    Set<String> services = new HashSet<>();
    BulkBody body = new BulkBody(64 << 20);
    for (Span span : spans) {
      String day =
          Instant.ofEpochSecond(0, span.startNanos()).atOffset(ZoneOffset.UTC).toLocalDate() + "";
      byte[] document = encoder.encode(span);
      body.add(
          BulkAction.of(BulkOp.INDEX, start + "jaeger-span-" + day, SpanEncoder.id(span, document)),
          document);
      String service =
          "{\"serviceName\":\"" + span.service() + "\",\"operationName\":\"" + span.name() + "\"}";
      if (services.add(service)) {
        body.add(
            BulkAction.of(
                BulkOp.INDEX,
                start + "jaeger-service-" + day,
                Integer.toHexString(service.hashCode())),
            service.getBytes(StandardCharsets.UTF_8));
      }
      if (body.sizeBytes() > 8 << 20) {
        send(body);
        body = new BulkBody(64 << 20);
      }
    }
    send(body);
    client.indices().refresh(List.of(start + "jaeger-*"));
  }

  private void send(BulkBody body) throws InterruptedException {
    if (body.items() > 0) {
      assertFalse(client.documents().bulk(body, Refresh.LATER).hasErrors());
    }
  }
}
