package io.oriel.traces.dependency;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents;
import io.oriel.traces.index.IndexNames;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkOp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Writes what a tracker counted, a document each time: exactly once, however often the engine has
/// to be asked. Not thread-safe.
///
/// While a document is not taken, the tracker counts on and nothing else is written; so an engine
/// that is away costs no memory, and the times of the calls grow coarser by as long as it was.
public final class DependencyWriter {
  private final DependencyTracker tracker;
  private final Documents engine;
  private final IndexNames names;
  private final InstantSource clock;

  /** In every id, so that two collectors of a cluster do not take theirs for the other's. */
  private final String writer = UUID.randomUUID().toString();

  private Optional<Document> pending = Optional.empty();
  private long made;

  private record Document(String index, String id, String body, long calls) {}

  /// @param clock says up to when calls were counted
  public DependencyWriter(
      DependencyTracker tracker, Documents engine, IndexNames names, InstantSource clock) {
    this.tracker = tracker;
    this.engine = engine;
    this.names = names;
    this.clock = clock;
  }

  /// Writes the document that is left from the last time, or else what was counted since; nothing
  /// for nothing. A failure leaves it for the next time.
  ///
  /// @return how many calls were written
  /// @throws OrielException when the engine, or the gateway before it, did not take it; of kind
  ///   INVALID when it never will, and the document is given up
  public long write() throws InterruptedException {
    if (pending.isEmpty()) {
      List<DependencyLink> links = tracker.drain();
      if (links.isEmpty()) {
        return 0;
      }
      pending = Optional.of(document(clock.instant().truncatedTo(ChronoUnit.MILLIS), links));
    }
    Document document = pending.get();
    BulkBody body = new BulkBody(Integer.MAX_VALUE);
    body.add(
        BulkAction.of(BulkOp.CREATE, document.index, document.id),
        document.body.getBytes(StandardCharsets.UTF_8));
    BulkItem item = engine.bulk(body, Documents.Refresh.LATER).items().getFirst();
    return switch (item.outcome()) {
      case STORED, DUPLICATE -> {
        pending = Optional.empty();
        yield document.calls;
      }
      case RETRY -> throw new OrielException(Kind.UNAVAILABLE, item.errorReason());
      case REFUSED -> {
        pending = Optional.empty();
        throw new OrielException(Kind.INVALID, document.index + ": " + item.errorReason());
      }
    };
  }

  /// Calls in the document that the engine did not take yet.
  public long pendingCalls() {
    return pending.map(Document::calls).orElse(0L);
  }

  private Document document(Instant at, List<DependencyLink> links) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("timestamp").string(at.toString());
    // a data stream wants to know when under its own name
    json.name("@timestamp").string(at.toString());
    json.name("dependencies").beginArray();
    long calls = 0;
    for (DependencyLink link : links) {
      calls += link.calls();
      json.beginObject().name("parent").string(link.parent());
      json.name("child").string(link.child());
      json.name("callCount").number(link.calls()).endObject();
    }
    json.endArray().endObject();
    return new Document(
        names.dependencies(at),
        writer + "-" + ++made,
        new String(json.toBytes(), StandardCharsets.UTF_8),
        calls);
  }
}
