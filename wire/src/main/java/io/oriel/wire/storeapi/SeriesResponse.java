package io.oriel.wire.storeapi;

import java.nio.ByteBuffer;
import java.util.List;

/// One frame of the answer to a {@link SeriesRequest}: `thanos.SeriesResponse`.
///
/// Hints are read as a frame without series; none is ever written.
///
/// @param series in the order of the answer
/// @param warning what is missing; empty for nothing
public record SeriesResponse(List<StoreSeries> series, String warning) {
  public SeriesResponse {
    series = List.copyOf(series);
  }

  public static SeriesResponse warning(String text) {
    return new SeriesResponse(List.of(), text);
  }

  /// A frame with one series, or a batch.
  public static SeriesResponse of(List<StoreSeries> series) {
    return new SeriesResponse(series, "");
  }

  /// The chunks of the answer are views of {@code message}.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static SeriesResponse read(ByteBuffer message) {
    return Proto.read(message, "thanos.SeriesResponse", SeriesCodec::parse);
  }

  /// The frame as bytes: a `series` when there is one, else a `batch`.
  public ByteBuffer write() {
    return warning.isEmpty()
        ? SeriesCodec.write(series)
        : Proto.write(out -> out.writeString(2, warning));
  }
}
