package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.series.ExemplarQueryable.SeriesExemplars;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Asks for exemplars: `thanos.ExemplarsRequest`; each answer has one series' exemplars.
///
/// @param query a PromQL expression whose selectors name the series
/// @param startMillis inclusive
/// @param endMillis inclusive
public record ExemplarsRequest(
    String query, long startMillis, long endMillis, PartialResponse partialResponse) {
  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static ExemplarsRequest read(ByteBuffer message) {
    return Proto.read(message, "thanos.ExemplarsRequest", ExemplarsRequest::parse);
  }

  private static ExemplarsRequest parse(CodedInputStream in) throws IOException {
    String query = "";
    long start = 0;
    long end = 0;
    PartialResponse strategy = PartialResponse.WARN;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> query = in.readStringRequireUtf8();
        case 2 << 3 -> start = in.readInt64();
        case 3 << 3 -> end = in.readInt64();
        case 4 << 3 -> strategy = PartialResponse.of(in.readEnum());
        default -> in.skipField(tag);
      }
    }
    return new ExemplarsRequest(query, start, end, strategy);
  }

  /// The request as bytes.
  public ByteBuffer write() {
    return Proto.write(
        out -> {
          Proto.string(out, 1, query);
          Proto.number(out, 2, startMillis);
          Proto.number(out, 3, endMillis);
          Proto.number(out, 4, partialResponse.ordinal());
        });
  }

  /// A frame of the answer: `thanos.ExemplarsResponse`.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static StreamFrame<SeriesExemplars> readFrame(ByteBuffer message) {
    return StreamFrame.read(message, "thanos.ExemplarsResponse", ExemplarsRequest::data);
  }

  /// The frame as bytes.
  public static ByteBuffer writeFrame(StreamFrame<SeriesExemplars> frame) {
    return StreamFrame.write(frame, ExemplarsRequest::write);
  }

  private static SeriesExemplars data(CodedInputStream in) throws IOException {
    Labels series = Labels.empty();
    List<Exemplar> exemplars = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> series = Proto.nested(in, Proto::labelSet);
        case 2 << 3 | 2 -> exemplars.add(Proto.nested(in, ExemplarsRequest::exemplar));
        default -> in.skipField(tag);
      }
    }
    return new SeriesExemplars(series, exemplars);
  }

  private static Exemplar exemplar(CodedInputStream in) throws IOException {
    Labels labels = Labels.empty();
    double value = 0;
    long millis = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> labels = Proto.nested(in, Proto::labelSet);
        case 2 << 3 | 1 -> value = in.readDouble();
        case 3 << 3 -> millis = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    return new Exemplar(labels, value, millis, true);
  }

  private static void write(CodedOutputStream out, SeriesExemplars data) throws IOException {
    Proto.labelSet(out, 1, data.series());
    for (Exemplar exemplar : data.exemplars()) {
      Proto.nested(
          out,
          2,
          inner -> {
            Proto.labelSet(inner, 1, exemplar.labels());
            Proto.real(inner, 2, exemplar.value());
            Proto.number(inner, 3, exemplar.timestampMillis());
          });
    }
  }
}
