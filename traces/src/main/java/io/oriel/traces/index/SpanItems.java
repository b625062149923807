package io.oriel.traces.index;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Span;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.jaeger.JaegerTags;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// Makes bulk items of spans: the span, and its service if that was not written lately. Not
/// thread-safe, but those of one {@link Maker} share what they know of services.
public final class SpanItems {
  private final IndexNames names;
  private final SpanEncoder encoder;
  private final KnownServices services;
  private final InstantSource clock;

  /// Makes such makers, one for each thread.
  ///
  /// @param clock says which indices are near enough to now
  public record Maker(
      IndexNames names, TagFields fields, KnownServices services, InstantSource clock) {
    public SpanItems make() {
      return new SpanItems(names, new SpanEncoder(fields), services, clock);
    }
  }

  /// An item of a bulk request.
  public static final class Item {
    private final BulkAction action;
    private final byte[] document;
    private final long service;

    private Item(BulkAction action, byte[] document, long service) {
      this.action = action;
      this.document = document;
      this.service = service;
    }

    public BulkAction action() {
      return action;
    }

    /// The item's own: do not change it.
    public byte[] document() {
      return document;
    }

    /// Whether it is a span and not a service.
    public boolean isSpan() {
      return service == 0;
    }

    /// About as many bytes as it takes in a request.
    public int size() {
      return document.length + action.index().length() + action.id().length() + 40;
    }
  }

  private SpanItems(
      IndexNames names, SpanEncoder encoder, KnownServices services, InstantSource clock) {
    this.names = names;
    this.encoder = encoder;
    this.services = services;
    this.clock = clock;
  }

  /// Adds the items of {@code span}.
  public void add(Span span, List<Item> into) {
    long now = clock.millis();
    service(span, now, into);
    byte[] document = encoder.encode(span);
    String id = SpanEncoder.id(span, document);
    if (names.rotation() == Rotation.DATA_STREAM) {
      document = stamped(document, span.startNanos());
    }
    String index = names.spans(span.startNanos(), now);
    into.add(new Item(BulkAction.of(op(), index, id), document, 0));
  }

  private BulkOp op() {
    return names.rotation() == Rotation.DATA_STREAM ? BulkOp.CREATE : BulkOp.INDEX;
  }

  /// A data stream wants to know when.
  private static byte[] stamped(byte[] document, long startNanos) {
    byte[] stamp =
        ("{\"@timestamp\":\"" + Instant.ofEpochSecond(0, startNanos / 1000 * 1000) + "\",")
            .getBytes(StandardCharsets.UTF_8);
    byte[] whole = new byte[stamp.length + document.length - 1];
    System.arraycopy(stamp, 0, whole, 0, stamp.length);
    System.arraycopy(document, 1, whole, stamp.length, document.length - 1);
    return whole;
  }

  private void service(Span span, long now, List<Item> into) {
    String index = names.services(span.startNanos(), now);
    String service = span.resource().attributes().text(JaegerTags.SERVICE_NAME);
    service = service.isEmpty() ? JaegerTags.NO_SERVICE : service;
    long id =
        Fnv64.add(
            Fnv64.of(service.getBytes(StandardCharsets.UTF_8)),
            span.name().getBytes(StandardCharsets.UTF_8));
    long key = Fnv64.add(id, index.getBytes(StandardCharsets.UTF_8)) | 1;
    if (services.isKnown(key, now)) {
      return;
    }
    services.claim(key, now);
    JsonWriter json = new JsonWriter(128);
    json.beginObject();
    if (names.rotation() == Rotation.DATA_STREAM) {
      json.name("@timestamp").string(Instant.ofEpochMilli(now).toString());
    }
    json.name("serviceName").string(service);
    json.name("operationName").string(span.name()).endObject();
    into.add(new Item(BulkAction.of(op(), index, Fnv64.hex(id)), json.toBytes(), key));
  }

  /// The engine has the item.
  public void stored(Item item) {
    if (!item.isSpan()) {
      services.keep(item.service, clock.millis());
    }
  }
}
