package io.oriel.wire.jaeger;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// What a client's sampler shall do: `jaeger.api_v2.SamplingStrategyResponse`.
///
/// @param rate probability, or traces a second, as {@code type} says
/// @param operations what holds for single operations, if anything does
public record SamplingStrategy(Type type, double rate, Optional<Operations> operations) {
  /// Numbers are those of the enum on the wire.
  public enum Type {
    PROBABILISTIC,
    RATE_LIMITING
  }

  /// @param probability of operations that are not listed
  /// @param lowerBound traces a second that are sampled anyway
  public record Operations(
      double probability, double lowerBound, double upperBound, List<Operation> each) {
    public Operations {
      each = List.copyOf(each);
    }
  }

  public record Operation(String name, double probability) {}

  /// The same probability for all operations.
  public static SamplingStrategy probability(double probability) {
    return new SamplingStrategy(Type.PROBABILISTIC, probability, Optional.empty());
  }

  /// The same with what holds for operations.
  public SamplingStrategy withOperations(Operations more) {
    return new SamplingStrategy(type, rate, Optional.of(more));
  }

  /// As the HTTP endpoint answers: proto3's JSON, with members that are zero and without those that
  /// are null.
  public byte[] toJson() {
    JsonWriter json = new JsonWriter(256);
    json.beginObject().name("strategyType").string(type.name());
    switch (type) {
      case PROBABILISTIC ->
          json.name("probabilisticSampling")
              .beginObject()
              .name("samplingRate")
              .number(rate)
              .endObject();
      case RATE_LIMITING ->
          json.name("rateLimitingSampling")
              .beginObject()
              .name("maxTracesPerSecond")
              .number((long) rate)
              .endObject();
    }
    operations.ifPresent(more -> operations(json.name("operationSampling"), more));
    json.endObject();
    return json.toBytes();
  }

  private static void operations(JsonWriter json, Operations more) {
    json.beginObject().name("defaultSamplingProbability").number(more.probability);
    json.name("defaultLowerBoundTracesPerSecond").number(more.lowerBound);
    json.name("perOperationStrategies").beginArray();
    for (Operation operation : more.each) {
      json.beginObject().name("operation").string(operation.name);
      json.name("probabilisticSampling").beginObject();
      json.name("samplingRate").number(operation.probability).endObject().endObject();
    }
    json.endArray();
    json.name("defaultUpperBoundTracesPerSecond").number(more.upperBound).endObject();
  }

  /// As the gRPC service answers.
  public byte[] toProto() {
    return message(
        out -> {
          out.writeEnum(1, type.ordinal());
          switch (type) {
            case PROBABILISTIC -> out.writeByteArray(2, probabilistic(rate));
            case RATE_LIMITING ->
                out.writeByteArray(3, message(inner -> inner.writeInt32(1, (int) rate)));
          }
          if (operations.isPresent()) {
            out.writeByteArray(4, operations(operations.get()));
          }
        });
  }

  private static byte[] operations(Operations more) {
    return message(
        out -> {
          out.writeDouble(1, more.probability);
          out.writeDouble(2, more.lowerBound);
          for (Operation operation : more.each) {
            out.writeByteArray(
                3,
                message(
                    inner -> {
                      inner.writeString(1, operation.name);
                      inner.writeByteArray(2, probabilistic(operation.probability));
                    }));
          }
          out.writeDouble(4, more.upperBound);
        });
  }

  private static byte[] probabilistic(double probability) {
    return message(out -> out.writeDouble(1, probability));
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Writing writing) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      writing.to(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The service in `SamplingStrategyParameters`, for which a strategy is asked.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none
  public static String serviceOf(ByteBuffer parameters) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(parameters);
      String service = "";
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == 10) {
          service = in.readStringRequireUtf8();
        } else {
          in.skipField(tag);
        }
      }
      return service;
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(
          Kind.INVALID, "not SamplingStrategyParameters: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
