package io.oriel.wire.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Span;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Spans as OTLP has them: `ExportTraceServiceRequest`, and `TracesData`, which has the same bytes.
public final class OtlpTraces {
  private OtlpTraces() {}

  /// What a request held.
  ///
  /// @param rejected how many spans have no valid id and are not among {@code spans}
  /// @param reason why, of the first of them; empty when there is none
  public record Decoded(List<Span> spans, int rejected, String reason) {
    public Decoded {
      spans = List.copyOf(spans);
    }
  }

  /// Reads an uncompressed request in protobuf. Spans of one resource share it.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none, LIMITED when they unfold into
  ///   too much
  public static Decoded read(byte[] body) {
    return read(ByteBuffer.wrap(body));
  }

  /// As {@link #read(byte[])}, from the buffer's position to its limit.
  public static Decoded read(ByteBuffer body) {
    try {
      return new SpanReader(CodedInputStream.newInstance(body)).request();
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(
          Kind.INVALID, "not an ExportTraceServiceRequest: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// How many spans an uncompressed request in protobuf has, those without a valid id among them.
  /// Far cheaper than reading them, of which little is checked.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none
  public static int count(ByteBuffer body) {
    try {
      return SpanCount.of(CodedInputStream.newInstance(body));
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(
          Kind.INVALID, "not an ExportTraceServiceRequest: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Reads an uncompressed request in OTLP's JSON.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none, LIMITED when they unfold into
  ///   too much
  public static Decoded readJson(byte[] body) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    OtlpJson.merge(body, request);
    return read(request.build().toByteArray());
  }

  /// The spans as `TracesData` in protobuf. Neighbours of equal resource and scope stand together.
  public static byte[] write(List<Span> spans) {
    return SpanMessages.request(spans).toByteArray();
  }

  /// The spans as `TracesData` in OTLP's JSON.
  public static void writeJson(List<Span> spans, JsonWriter json) {
    SpanJson.write(spans, json);
  }

  /// The elements of `resourceSpans` in OTLP's JSON, for one who writes the array around them.
  public static void writeResourcesJson(List<Span> spans, JsonWriter json) {
    SpanJson.writeResources(spans, json);
  }

  /// The `ExportTraceServiceResponse` in protobuf.
  ///
  /// @param rejected how many spans were not taken; zero for an empty response
  public static byte[] response(long rejected, String message) {
    return OtlpResponse.protobuf(rejected, message);
  }

  /// The same in JSON.
  public static byte[] responseJson(long rejected, String message) {
    return OtlpResponse.json("rejectedSpans", rejected, message);
  }
}
