package io.oriel.traces.index;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import java.util.Locale;

/// A span's tags, told apart: those that stand for members of a span, and the rest.
///
/// The status is, in this order, what `error` says, what `otel.status_code` says, what the HTTP
/// status means.
final class SpanTags {
  private static final int CLIENT_ERRORS = 400;
  private static final int SERVER_ERRORS = 500;

  private final Attributes all;
  private final Attributes rest;
  private final SpanStatus status;

  SpanTags(Attributes all) {
    this.all = all;
    boolean failed = isTrue(all, Tags.ERROR);
    boolean told = all.get(Tags.STATUS_CODE).isPresent();
    this.rest = without(all, failed, failed || told);
    this.status = status(all, failed, told);
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
                case Tags.SPAN_KIND, Tags.TRACE_STATE, Tags.SCOPE_NAME, Tags.SCOPE_VERSION -> text;
                case Tags.STATUS_CODE -> true;
                case Tags.STATUS_DESCRIPTION -> described;
                case Tags.ERROR -> failed && value.equals(AttributeValue.of(true));
                default -> false;
              };
          if (!taken) {
            rest.add(name, value);
          }
        });
    return rest.build();
  }

  private static SpanStatus status(Attributes all, boolean failed, boolean told) {
    String message = all.text(Tags.STATUS_DESCRIPTION);
    if (failed) {
      return new SpanStatus(
          SpanStatus.Code.ERROR,
          all.get(Tags.STATUS_DESCRIPTION).isPresent() ? message : all.text(Tags.HTTP_MESSAGE));
    }
    if (told) {
      SpanStatus.Code code =
          switch (all.text(Tags.STATUS_CODE).toUpperCase(Locale.ROOT)) {
            case "OK" -> SpanStatus.Code.OK;
            case "ERROR" -> SpanStatus.Code.ERROR;
            default -> SpanStatus.Code.UNSET;
          };
      return new SpanStatus(code, message);
    }
    return isHttpFailure(all)
        ? new SpanStatus(SpanStatus.Code.ERROR, all.text(Tags.HTTP_MESSAGE))
        : SpanStatus.UNSET;
  }

  /// A server is not to blame for what its clients ask.
  private static boolean isHttpFailure(Attributes all) {
    long code =
        all.get(Tags.HTTP_STATUS)
            .map(value -> value instanceof AttributeValue.Whole whole ? whole.value() : 0L)
            .orElse(0L);
    boolean server = all.text(Tags.SPAN_KIND).equals(SpanKind.SERVER.word());
    return code >= SERVER_ERRORS || code >= CLIENT_ERRORS && !server;
  }

  SpanKind kind() {
    return SpanKind.ofWord(all.text(Tags.SPAN_KIND));
  }

  String traceState() {
    return all.text(Tags.TRACE_STATE);
  }

  String scopeName() {
    return all.text(Tags.SCOPE_NAME);
  }

  String scopeVersion() {
    return all.text(Tags.SCOPE_VERSION);
  }

  SpanStatus status() {
    return status;
  }

  Attributes rest() {
    return rest;
  }
}
