package io.oriel.wire.zipkin;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.TraceId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads lists of spans in JSON, of API v2 and v1.
public final class ZipkinJson {
  private static final JsonFactory JSON = JsonFactory.builder().build();
  private static final int MAX_ELEMENTS = 2_000_000;
  private static final int MAX_SHOWN = 64;

  private final JsonParser in;
  private int elements;

  private ZipkinJson(JsonParser in) {
    this.in = in;
  }

  /// Reads the body of `POST /api/v2/spans`.
  ///
  /// @throws OrielException of kind INVALID when it is none, LIMITED when it unfolds into too much
  public static ZipkinBatch readV2(byte[] body) {
    return read(
        body,
        reader -> {
          List<ZipkinSpan> spans = new ArrayList<>();
          reader.list("the request", () -> spans.add(reader.spanV2()));
          return spans;
        });
  }

  /// Reads the body of `POST /api/v1/spans`.
  ///
  /// @throws OrielException of kind INVALID when it is none, LIMITED when it unfolds into too much
  public static ZipkinBatch readV1(byte[] body) {
    return read(
        body,
        reader -> {
          List<ZipkinSpan> spans = new ArrayList<>();
          reader.list("the request", () -> spans.addAll(reader.spanV1().toV2()));
          return spans;
        });
  }

  private interface Reading {
    List<ZipkinSpan> read(ZipkinJson reader);
  }

  private static ZipkinBatch read(byte[] body, Reading reading) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
      ZipkinJson reader = new ZipkinJson(parser);
      parser.nextToken();
      List<ZipkinSpan> spans = reading.read(reader);
      if (parser.nextToken() != null) {
        throw reader.mistake("the request", "nothing after it");
      }
      return ZipkinSpan.batch(spans);
    } catch (JacksonException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new OrielException(Kind.INVALID, "not a list of Zipkin spans: " + why, e);
    }
  }

  private interface Field {
    void read(String name);
  }

  private void list(String what, Runnable item) {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw mistake(what, "a list");
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (++elements > MAX_ELEMENTS) {
        throw new LimitExceeded("elements of a Zipkin request", MAX_ELEMENTS, elements);
      }
      item.run();
    }
  }

  /// Reads an object; nulls count as absent.
  private void object(String what, Field field) {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw mistake(what, "an object");
    }
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      if (++elements > MAX_ELEMENTS) {
        throw new LimitExceeded("elements of a Zipkin request", MAX_ELEMENTS, elements);
      }
      if (in.nextToken() != JsonToken.VALUE_NULL) {
        field.read(name);
      }
    }
  }

  private ZipkinSpan spanV2() {
    ZipkinSpan span = new ZipkinSpan();
    object(
        "a span",
        name -> {
          switch (name) {
            case "traceId" -> span.traceId = traceId();
            case "parentId" -> span.parentId = id(name);
            case "id" -> span.id = id(name);
            case "kind" -> span.kind = SpanKind.ofWord(text(name).toLowerCase(Locale.ROOT));
            case "name" -> span.name = text(name);
            case "timestamp" -> span.startMicros = whole(name);
            case "duration" -> span.durationMicros = whole(name);
            case "localEndpoint" -> span.local = endpoint();
            case "remoteEndpoint" -> span.remote = endpoint();
            case "annotations" -> list(name, () -> annotation(span));
            case "tags" -> object(name, tag -> span.tags.add(tag, scalar(tag)));
            case "debug" -> span.debug = in.currentToken() == JsonToken.VALUE_TRUE;
            case "shared" -> span.shared = in.currentToken() == JsonToken.VALUE_TRUE;
            default -> in.skipChildren();
          }
        });
    return span;
  }

  private void annotation(ZipkinSpan span) {
    long[] micros = new long[1];
    String[] value = {""};
    object(
        "an annotation",
        name -> {
          switch (name) {
            case "timestamp" -> micros[0] = whole(name);
            case "value" -> value[0] = text(name);
            default -> in.skipChildren();
          }
        });
    span.annotations.add(new ZipkinSpan.Annotation(micros[0], value[0]));
  }

  private SpanV1 spanV1() {
    SpanV1 span = new SpanV1();
    object(
        "a span",
        name -> {
          switch (name) {
            case "traceId" -> span.traceId = traceId();
            case "parentId" -> span.parentId = id(name);
            case "id" -> span.id = id(name);
            case "name" -> span.name = text(name);
            case "timestamp" -> span.startMicros = whole(name);
            case "duration" -> span.durationMicros = whole(name);
            case "debug" -> span.debug = in.currentToken() == JsonToken.VALUE_TRUE;
            case "annotations" -> list(name, () -> annotationV1(span));
            case "binaryAnnotations" -> list(name, () -> binaryAnnotation(span));
            default -> in.skipChildren();
          }
        });
    return span;
  }

  private void annotationV1(SpanV1 span) {
    long[] micros = new long[1];
    String[] value = {""};
    Endpoint[] host = {Endpoint.UNKNOWN};
    object(
        "an annotation",
        name -> {
          switch (name) {
            case "timestamp" -> micros[0] = whole(name);
            case "value" -> value[0] = text(name);
            case "endpoint" -> host[0] = endpoint();
            default -> in.skipChildren();
          }
        });
    span.annotations.add(new SpanV1.Annotation(micros[0], value[0], host[0]));
  }

  private void binaryAnnotation(SpanV1 span) {
    String[] texts = {"", ""};
    boolean[] address = new boolean[1];
    Endpoint[] host = {Endpoint.UNKNOWN};
    object(
        "a binary annotation",
        name -> {
          switch (name) {
            case "key" -> texts[0] = text(name);
            case "value" -> {
              address[0] = in.currentToken() == JsonToken.VALUE_TRUE;
              texts[1] = scalar(name);
            }
            case "endpoint" -> host[0] = endpoint();
            default -> in.skipChildren();
          }
        });
    span.tags.add(new SpanV1.Tag(texts[0], texts[1], address[0], host[0]));
  }

  private Endpoint endpoint() {
    String[] texts = {"", "", ""};
    int[] port = new int[1];
    object(
        "an endpoint",
        name -> {
          switch (name) {
            case "serviceName" -> texts[0] = text(name);
            case "ipv4" -> texts[1] = text(name);
            case "ipv6" -> texts[2] = text(name);
            case "port" -> port[0] = (int) whole(name);
            default -> in.skipChildren();
          }
        });
    return new Endpoint(texts[0], texts[1].isEmpty() ? texts[2] : texts[1], port[0]);
  }

  private TraceId traceId() {
    return TraceId.ofHex(text("traceId"));
  }

  private long id(String name) {
    String text = text(name);
    try {
      if (!text.isEmpty()) {
        return HexFormat.fromHexDigitsToLong(text);
      }
    } catch (IllegalArgumentException _) {
      // told below
    }
    throw mistake(name, "1 to 16 hex digits");
  }

  private String text(String name) {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw mistake(name, "text");
    }
    return in.getString();
  }

  /// Values should be text; reporters of old send numbers and truth values, too.
  private String scalar(String name) {
    JsonToken token = in.currentToken();
    if (token == null || !token.isScalarValue()) {
      throw mistake(name, "text");
    }
    return in.getString();
  }

  private long whole(String name) {
    JsonToken token = in.currentToken();
    try {
      if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_STRING) {
        return Long.parseLong(in.getString());
      }
    } catch (NumberFormatException _) {
      // told below
    }
    throw mistake(name, "a whole number");
  }

  private OrielException mistake(String where, String wanted) {
    String got = String.valueOf(in.getString());
    String shown = got.length() <= MAX_SHOWN ? got : got.substring(0, MAX_SHOWN) + "…";
    return OrielException.invalid(
        "Zipkin spans: " + where + ": got " + Quoted.of(shown) + ", want " + wanted);
  }
}
