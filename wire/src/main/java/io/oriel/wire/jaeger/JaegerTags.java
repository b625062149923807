package io.oriel.wire.jaeger;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import java.util.Locale;

/// A span's tags, told apart: those that stand for members of a span, and the rest. Immutable.
///
/// The status is, in this order, what `error` says, what `otel.status_code` says, what the HTTP
/// status means.
public final class JaegerTags {
  public static final String SERVICE_NAME = "service.name";

  /** What upstream writes for a resource that does not say its service. */
  public static final String NO_SERVICE = "OTLPResourceNoServiceName";

  public static final String SPAN_KIND = "span.kind";
  public static final String ERROR = "error";
  public static final String STATUS_CODE = "otel.status_code";
  public static final String STATUS_DESCRIPTION = "otel.status_description";
  public static final String SCOPE_NAME = "otel.scope.name";
  public static final String SCOPE_VERSION = "otel.scope.version";
  public static final String TRACE_STATE = "w3c.tracestate";
  public static final String EVENT = "event";
  public static final String REF_TYPE = "opentracing.ref_type";
  public static final String CHILD_OF = "child_of";
  public static final String FOLLOWS_FROM = "follows_from";
  private static final String HTTP_STATUS = "http.response.status_code";
  private static final String HTTP_MESSAGE = "http.status_message";

  private static final int CLIENT_ERRORS = 400;
  private static final int SERVER_ERRORS = 500;

  private final Attributes all;
  private final Attributes rest;
  private final SpanStatus status;

  public JaegerTags(Attributes all) {
    this.all = all;
    boolean failed = isTrue(all, ERROR);
    boolean told = all.get(STATUS_CODE).isPresent();
    this.rest = without(all, failed, failed || told);
    this.status = statusOf(all, failed, told);
  }

  private static boolean isTrue(Attributes tags, String name) {
    return tags.get(name).filter(AttributeValue.of(true)::equals).isPresent();
  }

  private static Attributes without(Attributes all, boolean failed, boolean described) {
    Attributes.Builder rest = Attributes.builder();
    all.forEach(
        (name, value) -> {
          boolean text = value instanceof AttributeValue.Text;
          boolean taken =
              switch (name) {
                case SPAN_KIND, TRACE_STATE, SCOPE_NAME, SCOPE_VERSION -> text;
                case STATUS_CODE -> true;
                case STATUS_DESCRIPTION -> described;
                case ERROR -> failed && value.equals(AttributeValue.of(true));
                default -> false;
              };
          if (!taken) {
            rest.add(name, value);
          }
        });
    return rest.build();
  }

  private static SpanStatus statusOf(Attributes all, boolean failed, boolean told) {
    String message = all.text(STATUS_DESCRIPTION);
    if (failed) {
      return new SpanStatus(
          SpanStatus.Code.ERROR,
          all.get(STATUS_DESCRIPTION).isPresent() ? message : all.text(HTTP_MESSAGE));
    }
    if (told) {
      SpanStatus.Code code =
          switch (all.text(STATUS_CODE).toUpperCase(Locale.ROOT)) {
            case "OK" -> SpanStatus.Code.OK;
            case "ERROR" -> SpanStatus.Code.ERROR;
            default -> SpanStatus.Code.UNSET;
          };
      return new SpanStatus(code, message);
    }
    return isHttpFailure(all)
        ? new SpanStatus(SpanStatus.Code.ERROR, all.text(HTTP_MESSAGE))
        : SpanStatus.UNSET;
  }

  /// A server is not to blame for what its clients ask.
  private static boolean isHttpFailure(Attributes all) {
    long code =
        all.get(HTTP_STATUS)
            .map(value -> value instanceof AttributeValue.Whole whole ? whole.value() : 0L)
            .orElse(0L);
    boolean server = all.text(SPAN_KIND).equals(SpanKind.SERVER.word());
    return code >= SERVER_ERRORS || code >= CLIENT_ERRORS && !server;
  }

  public SpanKind kind() {
    return SpanKind.ofWord(all.text(SPAN_KIND));
  }

  public String traceState() {
    return all.text(TRACE_STATE);
  }

  private String scopeName() {
    return all.text(SCOPE_NAME);
  }

  private String scopeVersion() {
    return all.text(SCOPE_VERSION);
  }

  public SpanStatus status() {
    return status;
  }

  public Attributes rest() {
    return rest;
  }

  /// The instrumentation; NONE when no tag names it.
  public Scope scope(Attributes about) {
    return scopeName().isEmpty() && scopeVersion().isEmpty() && about.isEmpty()
        ? Scope.NONE
        : new Scope(scopeName(), scopeVersion(), about, 0, "");
  }
}
