package io.oriel.app.role.collect;

import io.oriel.app.role.traces.TracesRole;
import io.oriel.model.trace.Span;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.template.Retention;
import io.oriel.search.template.ShardPlan;
import io.oriel.traces.api.Traces;
import io.oriel.traces.assemble.Adjusters;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanDecoder;
import io.oriel.traces.index.SpanIndices;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources;
import io.oriel.traces.receive.SpanIntake;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A search engine with a collector before it and a trace query behind it.
final class TraceFront implements AutoCloseable {
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final IndexNames NAMES = new IndexNames("", Rotation.PERIODIC);

  private final Closer closer = new Closer();
  private final SearchClient engine;
  private final CollectRole collect;
  private final TracesRole traces;

  TraceFront(Path data) throws Exception {
    SearchNode node =
        closer.push(SearchNode.start(SearchNodeConfig.in(data), InstantSource.system()));
    SearchClientConfig config = SearchClientConfig.of(node.uri());
    engine = closer.push(SearchClient.create(config, "test"));
    new SpanIndices(NAMES, new ShardPlan(1, 0)).prepare(engine, Retention.spans());
    collect =
        closer.push(
            CollectRole.start(
                CollectOptions.to(config, new SpanIntake.Stamp("dev-01", "dev"))
                    .listenAnywhere("127.0.0.1")
                    .operations(HttpServerConfig.on("127.0.0.1:0"))
                    .indices(NAMES, TagFields.none())
                    .build(),
                "test"));
    traces =
        closer.push(
            TracesRole.start(
                new TracesRole.Options(
                    config,
                    SpanSources.plain(),
                    TagFields.none(),
                    new Traces.Limits(new Adjusters(Duration.ZERO), 1000),
                    HttpServerConfig.on("127.0.0.1:0"),
                    new TracesRole.Grpc(
                        GrpcServerConfig.plain("127.0.0.1:0"),
                        Optional.of(GrpcServerConfig.plain("127.0.0.1:0")))),
                "test"));
  }

  /// Where a sender finds the collector, `host:port`.
  String address(CollectPort port) {
    return "127.0.0.1:" + collect.port(port);
  }

  CollectRole collector() {
    return collect;
  }

  TracesRole query() {
    return traces;
  }

  /// Waits for so many spans in the engine.
  List<Span> await(int count) throws Exception {
    long until = System.nanoTime() + PATIENCE_NANOS;
    List<Span> spans = spans();
    while (spans.size() < count && System.nanoTime() < until) {
      Thread.sleep(100);
      spans = spans();
    }
    return spans;
  }

  private List<Span> spans() throws Exception {
    String target = NAMES.reading("span");
    engine.indices().refresh(List.of(target, NAMES.reading("service")));
    List<Span> spans = new ArrayList<>();
    SpanDecoder decoder = new SpanDecoder(TagFields.none());
    for (Hit hit : engine.documents().search(SearchRequest.of(target).withSize(100)).hits()) {
      spans.add(decoder.decode(hit.source()));
    }
    return spans;
  }

  @Override
  public void close() {
    closer.close();
  }
}
