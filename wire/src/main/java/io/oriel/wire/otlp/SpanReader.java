package io.oriel.wire.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads spans straight from the bytes of an `ExportTraceServiceRequest`. Single use.
///
/// Fields may come in any order, so a resource may follow its spans: they are made when it is
/// known. Field numbers are those of opentelemetry-proto 1.x, `trace/v1/trace.proto`.
final class SpanReader {
  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  private final CodedInputStream in;
  private final SpanBounds bounds = new SpanBounds();
  private final ValueReader values;
  private final List<Span> spans = new ArrayList<>();
  private int rejected;
  private String reason = "";

  SpanReader(CodedInputStream in) {
    this.in = in;
    this.values = new ValueReader(in, bounds);
  }

  OtlpTraces.Decoded request() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == 10) {
        resourceSpans();
      } else {
        in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    return new OtlpTraces.Decoded(spans, rejected, reason);
  }

  private void resourceSpans() throws IOException {
    bounds.element();
    int end = in.pushLimit(in.readRawVarint32());
    int first = spans.size();
    Resource resource = Resource.of(Attributes.empty());
    String schema = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> resource = resource();
        case 18 -> scopeSpans(resource);
        case 26 -> schema = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    if (!schema.isEmpty()) {
      resource = new Resource(resource.attributes(), resource.droppedAttributes(), schema);
    }
    for (int i = first; i < spans.size(); i++) {
      if (!spans.get(i).resource().equals(resource)) {
        spans.set(i, spans.get(i).withResource(resource));
      }
    }
  }

  private Resource resource() throws IOException {
    int end = in.pushLimit(in.readRawVarint32());
    Attributes.Builder attributes = Attributes.builder();
    int dropped = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> values.keyValue(attributes);
        case 16 -> dropped = in.readUInt32();
        default -> in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    return new Resource(attributes.build(), dropped, "");
  }

  /// The scope and its schema may follow the spans, too; senders put the scope first.
  private void scopeSpans(Resource resource) throws IOException {
    bounds.element();
    int end = in.pushLimit(in.readRawVarint32());
    int first = spans.size();
    Scope scope = Scope.NONE;
    String schema = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> scope = scope();
        case 18 -> span(resource, scope);
        case 26 -> schema = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    if (!schema.isEmpty()) {
      scope =
          new Scope(
              scope.name(), scope.version(), scope.attributes(), scope.droppedAttributes(), schema);
    }
    for (int i = first; i < spans.size(); i++) {
      if (!spans.get(i).scope().equals(scope)) {
        spans.set(i, spans.get(i).withScope(scope));
      }
    }
  }

  private Scope scope() throws IOException {
    int end = in.pushLimit(in.readRawVarint32());
    String name = "";
    String version = "";
    Attributes.Builder attributes = Attributes.builder();
    int dropped = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> name = in.readStringRequireUtf8();
        case 18 -> version = in.readStringRequireUtf8();
        case 26 -> values.keyValue(attributes);
        case 32 -> dropped = in.readUInt32();
        default -> in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    return new Scope(name, version, attributes.build(), dropped, "");
  }

  private void span(Resource resource, Scope scope) throws IOException {
    bounds.element();
    int end = in.pushLimit(in.readRawVarint32());
    Fields f = new Fields();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!f.read(tag)) {
        in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    if (!f.mistake.isEmpty()) {
      reject(f.mistake);
    } else if (f.traceId == null || !f.traceId.isValid() || f.spanId == 0) {
      reject(f.traceId == null || !f.traceId.isValid() ? "no trace id" : "no span id");
    } else {
      spans.add(f.make(resource, scope));
    }
  }

  private void reject(String why) {
    rejected++;
    if (reason.isEmpty()) {
      reason = "span " + (spans.size() + rejected - 1) + " of the request: " + why;
    }
  }

  /// One span's fields as they come.
  private final class Fields {
    @Nullable TraceId traceId;
    long spanId;
    long parentSpanId;
    String traceState = "";
    int flags;
    String name = "";
    SpanKind kind = SpanKind.UNSPECIFIED;
    long startNanos;
    long endNanos;
    SpanStatus status = SpanStatus.UNSET;
    final Attributes.Builder attributes = Attributes.builder();
    List<SpanEvent> events = List.of();
    List<SpanLink> links = List.of();
    int droppedAttributes;
    int droppedEvents;
    int droppedLinks;
    String mistake = "";

    boolean read(int tag) throws IOException {
      switch (tag) {
        case 10 -> traceId = traceId(in.readBytes());
        case 18 -> spanId = spanId("span id", in.readBytes());
        case 26 -> traceState = in.readStringRequireUtf8();
        case 34 -> parentSpanId = spanId("parent span id", in.readBytes());
        case 42 -> name = values.name(in.readStringRequireUtf8());
        case 48 -> kind = SpanKind.ofNumber(in.readEnum());
        case 57 -> startNanos = in.readFixed64();
        case 65 -> endNanos = in.readFixed64();
        case 74 -> values.keyValue(attributes);
        case 80 -> droppedAttributes = in.readUInt32();
        case 90 -> {
          events = events.isEmpty() ? new ArrayList<>() : events;
          events.add(event());
        }
        case 96 -> droppedEvents = in.readUInt32();
        case 106 -> {
          links = links.isEmpty() ? new ArrayList<>() : links;
          SpanLink link = link();
          if (link.traceId().isValid() && link.spanId() != 0) {
            links.add(link);
          } else {
            droppedLinks++;
          }
        }
        case 112 -> droppedLinks += in.readUInt32();
        case 122 -> status = status();
        case 133 -> flags = in.readFixed32();
        default -> {
          return false;
        }
      }
      return true;
    }

    Span make(Resource resource, Scope scope) {
      return new Span(
          Objects.requireNonNull(traceId),
          spanId,
          parentSpanId,
          traceState,
          flags,
          name,
          kind,
          startNanos,
          endNanos,
          status,
          attributes.build(),
          events,
          links,
          droppedAttributes + droppedEvents + droppedLinks == 0
              ? Span.Dropped.NOTHING
              : new Span.Dropped(droppedAttributes, droppedEvents, droppedLinks),
          resource,
          scope);
    }

    private TraceId traceId(ByteString bytes) {
      if (bytes.size() != TRACE_ID_BYTES) {
        if (!bytes.isEmpty()) {
          mistake = "trace id: got " + bytes.size() + " bytes, want " + TRACE_ID_BYTES;
        }
        return new TraceId(0, 0);
      }
      return new TraceId(bigEndian(bytes, 0), bigEndian(bytes, SPAN_ID_BYTES));
    }

    private long spanId(String what, ByteString bytes) {
      if (bytes.size() != SPAN_ID_BYTES) {
        if (!bytes.isEmpty()) {
          mistake = what + ": got " + bytes.size() + " bytes, want " + SPAN_ID_BYTES;
        }
        return 0;
      }
      return bigEndian(bytes, 0);
    }

    private SpanEvent event() throws IOException {
      bounds.element();
      int end = in.pushLimit(in.readRawVarint32());
      long time = 0;
      String eventName = "";
      Attributes.Builder of = Attributes.builder();
      int dropped = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag) {
          case 9 -> time = in.readFixed64();
          case 18 -> eventName = values.name(in.readStringRequireUtf8());
          case 26 -> values.keyValue(of);
          case 32 -> dropped = in.readUInt32();
          default -> in.skipField(tag);
        }
      }
      in.checkLastTagWas(0);
      in.popLimit(end);
      return new SpanEvent(time, eventName, of.build(), dropped);
    }

    private SpanLink link() throws IOException {
      bounds.element();
      int end = in.pushLimit(in.readRawVarint32());
      TraceId of = new TraceId(0, 0);
      long id = 0;
      String state = "";
      int linkFlags = 0;
      Attributes.Builder about = Attributes.builder();
      int dropped = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag) {
          case 10 -> {
            ByteString bytes = in.readBytes();
            of =
                bytes.size() == TRACE_ID_BYTES
                    ? new TraceId(bigEndian(bytes, 0), bigEndian(bytes, SPAN_ID_BYTES))
                    : of;
          }
          case 18 -> {
            ByteString bytes = in.readBytes();
            id = bytes.size() == SPAN_ID_BYTES ? bigEndian(bytes, 0) : 0;
          }
          case 26 -> state = in.readStringRequireUtf8();
          case 34 -> values.keyValue(about);
          case 40 -> dropped = in.readUInt32();
          case 53 -> linkFlags = in.readFixed32();
          default -> in.skipField(tag);
        }
      }
      in.checkLastTagWas(0);
      in.popLimit(end);
      return new SpanLink(of, id, state, linkFlags, about.build(), dropped);
    }

    private SpanStatus status() throws IOException {
      int end = in.pushLimit(in.readRawVarint32());
      String message = "";
      SpanStatus.Code code = SpanStatus.Code.UNSET;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag) {
          case 18 -> message = in.readStringRequireUtf8();
          case 24 -> code = SpanStatus.Code.ofNumber(in.readEnum());
          default -> in.skipField(tag);
        }
      }
      in.checkLastTagWas(0);
      in.popLimit(end);
      return code == SpanStatus.Code.UNSET && message.isEmpty()
          ? SpanStatus.UNSET
          : new SpanStatus(code, message);
    }
  }

  private static long bigEndian(ByteString bytes, int at) {
    long value = 0;
    for (int i = 0; i < SPAN_ID_BYTES; i++) {
      value = value << 8 | bytes.byteAt(at + i) & 0xff;
    }
    return value;
  }
}
