package io.oriel.logs.enrich;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.oriel.logs.parse.LogEvent;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Lifts the ids of trace and span, wherever an application wrote them, to `trace.id`, `trace_id`
/// and `span.id`: from fields of decoded JSON or logfmt, or from the message itself (`trace_id=…`,
/// `"traceId":"…"`, a W3C `traceparent`).
final class TraceContext {
  private static final List<String> TRACE_FIELDS =
      List.of(
          "trace.id",
          "trace_id",
          "traceId",
          "traceID",
          "traceid",
          "TraceId",
          "dd.trace_id",
          "otelTraceID",
          "mdc.trace_id",
          "mdc.traceId",
          "contextMap.traceId",
          "contextMap.trace_id",
          "attributes.trace_id",
          "labels.trace_id");
  private static final List<String> SPAN_FIELDS =
      List.of(
          "span.id",
          "span_id",
          "spanId",
          "spanID",
          "spanid",
          "SpanId",
          "dd.span_id",
          "otelSpanID",
          "mdc.span_id",
          "mdc.spanId",
          "contextMap.spanId",
          "contextMap.span_id");
  private static final Pattern TRACE =
      Pattern.compile("(?i)\\btrace[_.-]?id\"?\\s*[=:]\\s*\"?([0-9a-f]{32}|[0-9a-f]{16})\\b");
  private static final Pattern SPAN =
      Pattern.compile("(?i)\\bspan[_.-]?id\"?\\s*[=:]\\s*\"?([0-9a-f]{16})\\b");
  private static final Pattern PARENT =
      Pattern.compile("\\b[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}\\b");
  private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{16,32}");

  private TraceContext() {}

  static Processor processor() {
    return Processor.of(
        "trace_context",
        false,
        event -> {
          lift(event);
          return true;
        });
  }

  private static void lift(LogEvent event) {
    if (event.hasOwnFields()) {
      String trace = first(event, TRACE_FIELDS);
      if (trace != null) {
        set(event, trace, first(event, SPAN_FIELDS));
        return;
      }
    }
    if (!event.messageHas("race")) {
      return;
    }
    String message = event.message();
    Matcher trace = TRACE.matcher(message);
    if (trace.find()) {
      Matcher span = SPAN.matcher(message);
      set(event, trace.group(1), span.find() ? span.group(1) : null);
      return;
    }
    if (message.contains("traceparent")) {
      Matcher parent = PARENT.matcher(message);
      if (parent.find()) {
        set(event, parent.group(1), parent.group(2));
      }
    }
  }

  private static @Nullable String first(LogEvent event, List<String> fields) {
    for (String field : fields) {
      if (event.field(field) instanceof String text && ID.matcher(text).matches()) {
        return text;
      }
    }
    return null;
  }

  private static void set(LogEvent event, String trace, @Nullable String span) {
    String lower = trace.toLowerCase(Locale.ROOT);
    if (!(event.field("trace") instanceof String)) {
      event.field("trace.id", lower);
    }
    event.field("trace_id", lower);
    if (span != null && !(event.field("span") instanceof String)) {
      event.field("span.id", span.toLowerCase(Locale.ROOT));
    }
  }
}
