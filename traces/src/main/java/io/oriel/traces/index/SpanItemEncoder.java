package io.oriel.traces.index;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Span;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.jaeger.JaegerTags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/// Writes spans as items. Keeps its buffers from one batch to the next; not thread-safe.
///
/// A span's action has its document's hash, so the action is written with room for the hash, then
/// the document, then the hash. Where that is shorter, blanks end the line, as JSON allows.
final class SpanItemEncoder {
  private static final String END = "\"}}";
  private static final String ROOM = " ".repeat(16 + END.length()) + "\n";

  private final IndexNames names;
  private final KnownServices services;
  private final SpanEncoder encoder;
  private final BulkOp op;
  private final JsonWriter json = new JsonWriter(256);
  private final SpanItems.Builder items = new SpanItems.Builder();

  SpanItemEncoder(IndexNames names, TagFields fields, KnownServices services) {
    this.names = names;
    this.services = services;
    this.encoder = new SpanEncoder(fields);
    this.op = names.rotation() == Rotation.DATA_STREAM ? BulkOp.CREATE : BulkOp.INDEX;
  }

  /// The items of {@code spans}. Services among them are claimed.
  ///
  /// @param now Unix milliseconds
  SpanItems encode(List<Span> spans, long now) {
    items.clear();
    try {
      for (Span span : spans) {
        service(span, now);
        span(span, now);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return items.build();
  }

  private void span(Span span, long now) throws IOException {
    ItemBuffer out = items.buffer();
    action(names.spans(span.startNanos(), now), out);
    out.ascii(span.traceId().hex());
    out.write('_');
    out.ascii(span.spanIdHex());
    out.write('_');
    int room = out.size();
    out.ascii(ROOM);
    int document = out.size();
    encoder.encode(span, out);
    out.overwrite(room, Fnv64.hex(out.hash(document)) + END);
    if (op == BulkOp.CREATE) {
      // a data stream wants to know when
      Instant at = Instant.ofEpochSecond(0, span.startNanos() / 1000 * 1000);
      out.insert(document + 1, "\"@timestamp\":\"" + at + "\",");
    }
    out.write('\n');
    items.endSpan();
  }

  /// An action up to its id. Names of indices have nothing that JSON would have to escape.
  private void action(String index, ItemBuffer out) {
    out.ascii("{\"");
    out.ascii(op.word());
    out.ascii("\":{\"_index\":\"");
    out.ascii(index);
    out.ascii("\",\"_id\":\"");
  }

  private void service(Span span, long now) throws IOException {
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
    ItemBuffer out = items.buffer();
    action(index, out);
    out.ascii(Fnv64.hex(id) + END + "\n");
    json.beginObject();
    if (op == BulkOp.CREATE) {
      json.name("@timestamp").string(Instant.ofEpochMilli(now).toString());
    }
    json.name("serviceName").string(service);
    json.name("operationName").string(span.name()).endObject();
    json.finishTo(out);
    out.write('\n');
    items.endService(key);
  }
}
