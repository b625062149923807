package io.oriel.traces.index;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.TraceId;
import io.oriel.wire.jaeger.JaegerTags;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads spans from Jaeger's documents, those of older Jaegers too: trace ids of sixteen digits,
/// the parent among the references, tags as fields. Thread-safe.
public final class SpanDecoder {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final long NANOS_PER_MICRO = 1000;

  private final TagFields fields;

  /// @param fields how a dot is written in names of fields
  public SpanDecoder(TagFields fields) {
    this.fields = fields;
  }

  /// Reads a document.
  ///
  /// @throws OrielException of kind CORRUPT when it is no span
  public Span decode(byte[] document) {
    try {
      return decode(MAPPER.readTree(document));
    } catch (JacksonException e) {
      throw new OrielException(Kind.CORRUPT, "span document: " + e.getOriginalMessage(), e);
    }
  }

  /// Reads a document that is parsed already, as a search returns it.
  ///
  /// @throws OrielException of kind CORRUPT when it is no span
  public Span decode(JsonNode document) {
    try {
      return span(document);
    } catch (OrielException e) {
      throw new OrielException(Kind.CORRUPT, "span document: " + e.reason(), e);
    }
  }

  private Span span(JsonNode document) {
    TraceId traceId = TraceId.ofHex(text(document, "traceID"));
    List<Reference> references = references(document.path("references"));
    long parent = parent(document, traceId, references);
    long start = document.path("startTime").asLong(0) * NANOS_PER_MICRO;
    JaegerTags tags = new JaegerTags(tags(document, "tags", "tag"));
    return new Span(
        traceId,
        spanId(text(document, "spanID")),
        parent,
        tags.traceState(),
        document.path("flags").asInt(0),
        text(document, "operationName"),
        tags.kind(),
        start,
        start + Math.max(0, document.path("duration").asLong(0)) * NANOS_PER_MICRO,
        tags.status(),
        tags.rest(),
        events(document.path("logs")),
        links(references, traceId, parent),
        Span.Dropped.NOTHING,
        resource(document.path("process")),
        tags.scope(tags(document, "scopeTags", "scopeTag")));
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  private static long spanId(String hex) {
    try {
      if (!hex.isEmpty()) {
        return HexFormat.fromHexDigitsToLong(hex);
      }
    } catch (IllegalArgumentException _) {
      // told below
    }
    throw OrielException.invalid("span id: got " + Quoted.of(hex) + ", want 1 to 16 hex digits");
  }

  private record Reference(
      boolean childOf, TraceId traceId, long spanId, String state, int flags, Attributes tags) {}

  private List<Reference> references(JsonNode list) {
    List<Reference> references = new ArrayList<>();
    for (JsonNode each : list) {
      references.add(
          new Reference(
              text(each, "refType").equals("CHILD_OF"),
              TraceId.ofHex(text(each, "traceID")),
              spanId(text(each, "spanID")),
              text(each, "traceState"),
              each.path("flags").asInt(0),
              tags(each, "tags", "tag")));
    }
    return references;
  }

  private static long parent(JsonNode document, TraceId traceId, List<Reference> references) {
    String named = text(document, "parentSpanID");
    if (!named.isEmpty()) {
      return spanId(named);
    }
    return references.stream()
        .filter(reference -> reference.childOf && reference.traceId.equals(traceId))
        .mapToLong(Reference::spanId)
        .findFirst()
        .orElse(0);
  }

  private static List<SpanLink> links(List<Reference> references, TraceId traceId, long parent) {
    List<SpanLink> links = new ArrayList<>();
    for (Reference reference : references) {
      boolean isParent =
          reference.childOf && reference.spanId == parent && reference.traceId.equals(traceId);
      if (!isParent) {
        links.add(
            new SpanLink(
                reference.traceId,
                reference.spanId,
                reference.state,
                reference.flags,
                Attributes.builder()
                    .addAll(reference.tags)
                    .add(
                        JaegerTags.REF_TYPE,
                        reference.childOf ? JaegerTags.CHILD_OF : JaegerTags.FOLLOWS_FROM)
                    .build(),
                0));
      }
    }
    return links;
  }

  private List<SpanEvent> events(JsonNode logs) {
    List<SpanEvent> events = new ArrayList<>();
    for (JsonNode log : logs) {
      Attributes about = tags(log, "fields", "");
      String name = about.text(JaegerTags.EVENT);
      events.add(
          new SpanEvent(
              log.path("timestamp").asLong(0) * NANOS_PER_MICRO,
              name,
              name.isEmpty() ? about : about.without(JaegerTags.EVENT),
              0));
    }
    return events;
  }

  private Resource resource(JsonNode process) {
    String service = text(process, "serviceName");
    Attributes.Builder about = Attributes.builder();
    if (!service.isEmpty() && !service.equals(JaegerTags.NO_SERVICE)) {
      about.add(JaegerTags.SERVICE_NAME, service);
    }
    return Resource.of(about.addAll(tags(process, "tags", "tag")).build());
  }

  private Attributes tags(JsonNode owner, String nested, String elevated) {
    Attributes.Builder tags = Attributes.builder();
    for (JsonNode tag : owner.path(nested)) {
      tags.add(text(tag, "key"), value(text(tag, "type"), tag.path("value")));
    }
    if (!elevated.isEmpty() && owner.path(elevated).isObject()) {
      owner
          .path(elevated)
          .properties()
          .forEach(field -> tags.add(fields.key(field.getKey()), plain(field.getValue())));
    }
    return tags.build();
  }

  /// A value without a type beside it.
  private static AttributeValue plain(JsonNode value) {
    if (value.isBoolean()) {
      return AttributeValue.of(value.asBoolean());
    }
    if (value.isIntegralNumber()) {
      return AttributeValue.of(value.asLong());
    }
    if (value.isNumber()) {
      return AttributeValue.of(value.asDouble());
    }
    return AttributeValue.of(value.isString() ? value.asString() : value.toString());
  }

  /// A value that does not suit its type stays as text, as it is found.
  private static AttributeValue value(String type, JsonNode value) {
    String text = value.isString() ? value.asString() : value.toString();
    try {
      return switch (type.toLowerCase(Locale.ROOT)) {
        case "bool" -> truth(text);
        case "int64" -> AttributeValue.of(Long.parseLong(text));
        case "float64" -> AttributeValue.of(Double.parseDouble(text));
        case "binary" -> AttributeValue.of(HexFormat.of().parseHex(text));
        default -> AttributeValue.of(text);
      };
    } catch (IllegalArgumentException _) {
      return AttributeValue.of(text);
    }
  }

  private static AttributeValue truth(String text) {
    return switch (text) {
      case "true" -> AttributeValue.of(true);
      case "false" -> AttributeValue.of(false);
      default -> AttributeValue.of(text);
    };
  }
}
