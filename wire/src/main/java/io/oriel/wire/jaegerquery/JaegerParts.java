package io.oriel.wire.jaegerquery;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import java.util.ArrayList;
import java.util.List;

/// What Jaeger's own model has where OTLP has something else: tags for what are members there, and
/// references for the parent and the links.
public final class JaegerParts {
  /** The attribute with what somebody should know of a span: a list of texts. */
  public static final String WARNINGS = "@jaeger@warnings";

  private static final String SERVICE_NAME = "service.name";
  private static final String NO_SERVICE = "OTLPResourceNoServiceName";
  private static final String REF_TYPE = "opentracing.ref_type";
  private static final String EVENT = "event";

  private JaegerParts() {}

  /// A reference to another span.
  ///
  /// @param childOf whether it is a parent; otherwise this span follows from it
  public record Reference(TraceId traceId, long spanId, boolean childOf) {}

  /// The tags of a span, warnings left out.
  public static Attributes tags(Span span) {
    Attributes.Builder tags = Attributes.builder();
    text(tags, "otel.scope.name", span.scope().name());
    text(tags, "otel.scope.version", span.scope().version());
    tags.addAll(span.attributes().without(WARNINGS));
    if (span.kind() != SpanKind.UNSPECIFIED) {
      tags.add("span.kind", span.kind().word());
    }
    if (span.status().code() == SpanStatus.Code.OK) {
      tags.add("otel.status_code", "OK");
    }
    if (span.status().isError() && span.attributes().get("error").isEmpty()) {
      tags.add("error", AttributeValue.of(true));
    }
    text(tags, "otel.status_description", span.status().message());
    text(tags, "w3c.tracestate", span.traceState());
    return tags.addAll(span.scope().attributes()).build();
  }

  private static void text(Attributes.Builder tags, String name, String value) {
    if (!value.isEmpty()) {
      tags.add(name, value);
    }
  }

  /// The parent, then the links.
  public static List<Reference> references(Span span) {
    List<Reference> references = new ArrayList<>();
    if (!span.isRoot()) {
      references.add(new Reference(span.traceId(), span.parentSpanId(), true));
    }
    for (SpanLink link : span.links()) {
      Reference reference =
          new Reference(
              link.traceId(), link.spanId(), link.attributes().text(REF_TYPE).equals("child_of"));
      if (!references.contains(reference)) {
        references.add(reference);
      }
    }
    return references;
  }

  /// The fields of a log, with the event's name among them.
  public static Attributes fields(SpanEvent event) {
    return event.name().isEmpty() || event.attributes().get(EVENT).isPresent()
        ? event.attributes()
        : Attributes.builder().add(EVENT, event.name()).addAll(event.attributes()).build();
  }

  /// The name of a process' service.
  public static String service(Resource resource) {
    String name = resource.attributes().text(SERVICE_NAME);
    return name.isEmpty() ? NO_SERVICE : name;
  }

  /// The tags of a process.
  public static Attributes tags(Resource resource) {
    return resource.attributes().without(SERVICE_NAME);
  }

  /// The warnings of a span.
  public static List<String> warnings(Span span) {
    AttributeValue value =
        span.attributes().get(WARNINGS).orElse(new AttributeValue.ListOf(List.of()));
    List<String> warnings = new ArrayList<>();
    if (value instanceof AttributeValue.ListOf list) {
      list.values().forEach(each -> warnings.add(plain(each)));
    } else {
      warnings.add(plain(value));
    }
    return warnings;
  }

  private static String plain(AttributeValue value) {
    return value instanceof AttributeValue.Text text ? text.value() : ValueText.of(value);
  }
}
