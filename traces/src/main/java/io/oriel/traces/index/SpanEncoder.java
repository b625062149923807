package io.oriel.traces.index;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.SpanStatus;
import io.oriel.wire.jaeger.JaegerTags;
import io.oriel.wire.jaegerquery.ValueText;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes spans as Jaeger's documents. Keeps its buffers from one to the next; not thread-safe.
///
/// Members come in the order in which upstream's own encoder puts them, and lists that hold nothing
/// are null as there, so the same span has the same id.
public final class SpanEncoder {
  private static final int NANOS_PER_MICRO = 1000;
  private static final int MICROS_PER_MILLI = 1000;

  /** The mapping has a signed integer, the wire an unsigned one. */
  private static final int FLAGS = Integer.MAX_VALUE;

  private static final JsonWriter.Name TRACE_ID = JsonWriter.Name.of("traceID");
  private static final JsonWriter.Name SPAN_ID = JsonWriter.Name.of("spanID");
  private static final JsonWriter.Name PARENT_SPAN_ID = JsonWriter.Name.of("parentSpanID");
  private static final JsonWriter.Name FLAGS_NAME = JsonWriter.Name.of("flags");
  private static final JsonWriter.Name OPERATION_NAME = JsonWriter.Name.of("operationName");
  private static final JsonWriter.Name REFERENCES = JsonWriter.Name.of("references");
  private static final JsonWriter.Name START_TIME = JsonWriter.Name.of("startTime");
  private static final JsonWriter.Name START_TIME_MILLIS = JsonWriter.Name.of("startTimeMillis");
  private static final JsonWriter.Name DURATION = JsonWriter.Name.of("duration");
  private static final JsonWriter.Name LOGS = JsonWriter.Name.of("logs");
  private static final JsonWriter.Name PROCESS = JsonWriter.Name.of("process");
  private static final JsonWriter.Name REF_TYPE = JsonWriter.Name.of("refType");
  private static final JsonWriter.Name TAGS = JsonWriter.Name.of("tags");
  private static final JsonWriter.Name TIMESTAMP = JsonWriter.Name.of("timestamp");
  private static final JsonWriter.Name FIELDS = JsonWriter.Name.of("fields");
  private static final JsonWriter.Name KEY = JsonWriter.Name.of("key");
  private static final JsonWriter.Name STRING = JsonWriter.Name.of("type", "string", "value");
  private static final JsonWriter.Name BOOL = JsonWriter.Name.of("type", "bool", "value");
  private static final JsonWriter.Name INT64 = JsonWriter.Name.of("type", "int64", "value");
  private static final JsonWriter.Name FLOAT64 = JsonWriter.Name.of("type", "float64", "value");
  private static final JsonWriter.Name BINARY = JsonWriter.Name.of("type", "binary", "value");

  private final TagFields fields;
  private final JsonWriter json = new JsonWriter(4096);
  private final JsonWriter process = new JsonWriter(512);
  private @Nullable Resource lastResource;

  /// @param fields which tags become fields
  public SpanEncoder(TagFields fields) {
    this.fields = fields;
  }

  /// The document, without a line break.
  public byte[] encode(Span span) {
    write(span);
    return json.toBytes();
  }

  /// Writes the same to {@code out}.
  void encode(Span span, OutputStream out) throws IOException {
    write(span);
    json.finishTo(out);
  }

  private void write(Span span) {
    restart(json);
    json.beginObject();
    json.name(TRACE_ID).string(span.traceId().hex());
    json.name(SPAN_ID).string(span.spanIdHex());
    if (!span.isRoot()) {
      json.name(PARENT_SPAN_ID).string(Span.hex(span.parentSpanId()));
    }
    if ((span.flags() & FLAGS) != 0) {
      json.name(FLAGS_NAME).number(span.flags() & FLAGS);
    }
    json.name(OPERATION_NAME).string(span.name());
    json.name(REFERENCES);
    references(span);
    long startMicros = span.startNanos() / NANOS_PER_MICRO;
    json.name(START_TIME).number(startMicros);
    json.name(START_TIME_MILLIS).number(startMicros / MICROS_PER_MILLI);
    json.name(DURATION).number(span.durationNanos() / NANOS_PER_MICRO);
    tags(span);
    json.name(LOGS);
    logs(span);
    json.name(PROCESS).raw(process(span.resource()));
    if (!span.scope().attributes().isEmpty()) {
      list(json, "scopeTags", span.scope().attributes(), "");
      elevated(json, "scopeTag", span.scope().attributes(), "");
    }
    json.endObject();
  }

  /// The id of a document: the same for the same span sent again, so a retry makes no double.
  public static String id(Span span, byte[] document) {
    return span.traceId().hex() + "_" + span.spanIdHex() + "_" + Fnv64.hex(Fnv64.of(document));
  }

  private static void restart(JsonWriter writer) {
    try {
      writer.finishTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The parent is a reference too, for readers older than the field.
  private void references(Span span) {
    if (span.isRoot() && span.links().isEmpty()) {
      json.nothing();
      return;
    }
    json.beginArray();
    if (!span.isRoot()) {
      boolean follows =
          span.links().stream().anyMatch(link -> isParent(span, link) && !isChildOf(link));
      json.beginObject().name(REF_TYPE).string(follows ? "FOLLOWS_FROM" : "CHILD_OF");
      json.name(TRACE_ID).string(span.traceId().hex());
      json.name(SPAN_ID).string(Span.hex(span.parentSpanId())).endObject();
    }
    for (SpanLink link : span.links()) {
      if (span.isRoot() || !isParent(span, link)) {
        reference(link);
      }
    }
    json.endArray();
  }

  private static boolean isParent(Span span, SpanLink link) {
    return link.spanId() == span.parentSpanId() && link.traceId().equals(span.traceId());
  }

  private static boolean isChildOf(SpanLink link) {
    return link.attributes().text(JaegerTags.REF_TYPE).equals(JaegerTags.CHILD_OF);
  }

  private void reference(SpanLink link) {
    json.beginObject().name(REF_TYPE).string(isChildOf(link) ? "CHILD_OF" : "FOLLOWS_FROM");
    json.name(TRACE_ID).string(link.traceId().hex());
    json.name(SPAN_ID).string(Span.hex(link.spanId()));
    if (!link.traceState().isEmpty()) {
      json.name("traceState").string(link.traceState());
    }
    if ((link.flags() & FLAGS) != 0) {
      json.name(FLAGS_NAME).number(link.flags() & FLAGS);
    }
    Attributes about = link.attributes();
    if (about.size() > (about.get(JaegerTags.REF_TYPE).isPresent() ? 1 : 0)) {
      json.name(TAGS).beginArray();
      for (int i = 0; i < about.size(); i++) {
        if (!about.name(i).equals(JaegerTags.REF_TYPE)) {
          tag(json, about.name(i), about.value(i));
        }
      }
      json.endArray();
    }
    json.endObject();
  }

  private void tags(Span span) {
    Attributes own = span.attributes();
    json.name(TAGS);
    if (isBare(span)) {
      json.nothing();
      return;
    }
    json.beginArray();
    Scope scope = span.scope();
    nested(JaegerTags.SCOPE_NAME, scope.name());
    nested(JaegerTags.SCOPE_VERSION, scope.version());
    for (int i = 0; i < own.size(); i++) {
      if (!isField(own.name(i), own.value(i))) {
        tag(json, own.name(i), own.value(i));
      }
    }
    nested(JaegerTags.SPAN_KIND, kind(span));
    nested(JaegerTags.STATUS_CODE, span.status().code() == SpanStatus.Code.OK ? "OK" : "");
    if (span.status().isError() && !fields.has(JaegerTags.ERROR)) {
      tag(json, JaegerTags.ERROR, AttributeValue.of(true));
    }
    nested(JaegerTags.STATUS_DESCRIPTION, span.status().message());
    nested(JaegerTags.TRACE_STATE, span.traceState());
    json.endArray();
    if (fields.any()) {
      elevated(json, "tag", everyTag(span), "");
    }
  }

  private static boolean isBare(Span span) {
    return span.attributes().isEmpty()
        && span.scope().name().isEmpty()
        && span.scope().version().isEmpty()
        && span.kind() == SpanKind.UNSPECIFIED
        && span.status().code() == SpanStatus.Code.UNSET
        && span.status().message().isEmpty()
        && span.traceState().isEmpty();
  }

  private static String kind(Span span) {
    return span.kind() == SpanKind.UNSPECIFIED ? "" : span.kind().word();
  }

  private void nested(String key, String value) {
    if (!value.isEmpty() && !fields.has(key)) {
      tag(json, key, AttributeValue.of(value));
    }
  }

  private static Attributes everyTag(Span span) {
    Attributes.Builder all = Attributes.builder();
    addText(all, JaegerTags.SCOPE_NAME, span.scope().name());
    addText(all, JaegerTags.SCOPE_VERSION, span.scope().version());
    all.addAll(span.attributes());
    addText(all, JaegerTags.SPAN_KIND, kind(span));
    addText(all, JaegerTags.STATUS_CODE, span.status().code() == SpanStatus.Code.OK ? "OK" : "");
    if (span.status().isError()) {
      all.add(JaegerTags.ERROR, AttributeValue.of(true));
    }
    addText(all, JaegerTags.STATUS_DESCRIPTION, span.status().message());
    addText(all, JaegerTags.TRACE_STATE, span.traceState());
    return all.build();
  }

  private static void addText(Attributes.Builder into, String key, String value) {
    if (!value.isEmpty()) {
      into.add(key, value);
    }
  }

  private boolean isField(String key, AttributeValue value) {
    return fields.has(key) && !(value instanceof AttributeValue.Bytes);
  }

  private void list(JsonWriter out, String name, Attributes of, String without) {
    out.name(name).beginArray();
    for (int i = 0; i < of.size(); i++) {
      if (!of.name(i).equals(without) && !isField(of.name(i), of.value(i))) {
        tag(out, of.name(i), of.value(i));
      }
    }
    out.endArray();
  }

  private void elevated(JsonWriter out, String name, Attributes of, String without) {
    Map<String, AttributeValue> chosen = new TreeMap<>();
    of.forEach(
        (key, value) -> {
          if (!key.equals(without) && isField(key, value)) {
            chosen.put(fields.field(key), value);
          }
        });
    if (!chosen.isEmpty()) {
      out.name(name).beginObject();
      chosen.forEach((key, value) -> scalar(out.name(key), value));
      out.endObject();
    }
  }

  private void logs(Span span) {
    if (span.events().isEmpty()) {
      json.nothing();
      return;
    }
    json.beginArray();
    for (SpanEvent event : span.events()) {
      json.beginObject().name(TIMESTAMP).number(event.timeNanos() / NANOS_PER_MICRO);
      json.name(FIELDS).beginArray();
      Attributes about = event.attributes();
      if (!event.name().isEmpty() && about.get(JaegerTags.EVENT).isEmpty()) {
        tag(json, JaegerTags.EVENT, AttributeValue.of(event.name()));
      }
      for (int i = 0; i < about.size(); i++) {
        tag(json, about.name(i), about.value(i));
      }
      json.endArray().endObject();
    }
    json.endArray();
  }

  /// Spans come in batches of one resource, so its document is kept.
  private JsonWriter process(Resource resource) {
    if (resource.equals(lastResource)) {
      return process;
    }
    restart(process);
    Attributes about = resource.attributes();
    String service = about.text(JaegerTags.SERVICE_NAME);
    process.beginObject();
    process.name("serviceName").string(service.isEmpty() ? JaegerTags.NO_SERVICE : service);
    if (about.isEmpty()) {
      process.name(TAGS).nothing();
    } else {
      list(process, "tags", about, JaegerTags.SERVICE_NAME);
      elevated(process, "tag", about, JaegerTags.SERVICE_NAME);
    }
    process.endObject();
    lastResource = resource;
    return process;
  }

  private static void tag(JsonWriter out, String key, AttributeValue value) {
    out.beginObject().name(KEY).string(key).name(type(value));
    scalar(out, value);
    out.endObject();
  }

  /// The type, and the name of the value after it.
  private static JsonWriter.Name type(AttributeValue value) {
    return switch (value) {
      case AttributeValue.Truth _ -> BOOL;
      case AttributeValue.Whole _ -> INT64;
      case AttributeValue.Real _ -> FLOAT64;
      case AttributeValue.Bytes _ -> BINARY;
      case AttributeValue.Text _,
          AttributeValue.ListOf _,
          AttributeValue.MapOf _,
          AttributeValue.Absent _ ->
          STRING;
    };
  }

  private static void scalar(JsonWriter out, AttributeValue value) {
    switch (value) {
      case AttributeValue.Text text -> out.string(text.value());
      case AttributeValue.Truth truth -> out.bool(truth.value());
      case AttributeValue.Whole whole -> out.number(whole.value());
      case AttributeValue.Real real -> {
        if (Double.isFinite(real.value())) {
          out.number(real.value());
        } else {
          out.string(Double.toString(real.value()));
        }
      }
      case AttributeValue.Bytes bytes -> out.string(HexFormat.of().formatHex(bytes.toArray()));
      case AttributeValue.ListOf _, AttributeValue.MapOf _ -> out.string(ValueText.of(value));
      case AttributeValue.Absent _ -> out.string("");
    }
  }
}
