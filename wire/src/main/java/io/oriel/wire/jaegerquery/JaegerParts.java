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
import io.oriel.wire.jaeger.JaegerTags;
import java.util.ArrayList;
import java.util.List;

/// What Jaeger's own model has where OTLP has something else: tags for what are members there, and
/// references for the parent and the links.
public final class JaegerParts {
  /** The attribute with what somebody should know of a span: a list of texts. */
  public static final String WARNINGS = "@jaeger@warnings";

  private JaegerParts() {}

  /// A reference to another span.
  ///
  /// @param childOf whether it is a parent; otherwise this span follows from it
  public record Reference(TraceId traceId, long spanId, boolean childOf) {}

  /// The tags of a span, warnings left out.
  public static Attributes tags(Span span) {
    Attributes.Builder tags = Attributes.builder();
    text(tags, JaegerTags.SCOPE_NAME, span.scope().name());
    text(tags, JaegerTags.SCOPE_VERSION, span.scope().version());
    tags.addAll(span.attributes().without(WARNINGS));
    if (span.kind() != SpanKind.UNSPECIFIED) {
      tags.add(JaegerTags.SPAN_KIND, span.kind().word());
    }
    if (span.status().code() != SpanStatus.Code.UNSET) {
      tags.add(JaegerTags.STATUS_CODE, span.status().isError() ? "ERROR" : "OK");
    }
    if (span.status().isError() && span.attributes().get(JaegerTags.ERROR).isEmpty()) {
      tags.add(JaegerTags.ERROR, AttributeValue.of(true));
    }
    text(tags, JaegerTags.STATUS_DESCRIPTION, span.status().message());
    text(tags, JaegerTags.TRACE_STATE, span.traceState());
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
              link.traceId(),
              link.spanId(),
              link.attributes().text(JaegerTags.REF_TYPE).equals(JaegerTags.CHILD_OF));
      if (!references.contains(reference)) {
        references.add(reference);
      }
    }
    return references;
  }

  /// The fields of a log, with the event's name among them.
  public static Attributes fields(SpanEvent event) {
    return event.name().isEmpty() || event.attributes().get(JaegerTags.EVENT).isPresent()
        ? event.attributes()
        : Attributes.builder()
            .add(JaegerTags.EVENT, event.name())
            .addAll(event.attributes())
            .build();
  }

  /// The name of a process' service.
  public static String service(Resource resource) {
    String name = resource.attributes().text(JaegerTags.SERVICE_NAME);
    return name.isEmpty() ? JaegerTags.NO_SERVICE : name;
  }

  /// The tags of a process.
  public static Attributes tags(Resource resource) {
    return resource.attributes().without(JaegerTags.SERVICE_NAME);
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
