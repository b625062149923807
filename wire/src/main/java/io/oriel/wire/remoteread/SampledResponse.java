package io.oriel.wire.remoteread;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.SampleColumns;
import io.oriel.wire.remotewrite.HistogramCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.BiConsumer;

/// A `prometheus.ReadResponse` with samples. Not thread-safe, single use: {@link #beginQuery}, its
/// series, and so on, then {@link #finish}.
public final class SampledResponse {
  private final ByteArrayOutputStream response = new ByteArrayOutputStream();
  private final ByteArrayOutputStream result = new ByteArrayOutputStream();
  private boolean open;

  /// The series that follow answer the next query of the request.
  public void beginQuery() {
    close();
    open = true;
  }

  /// Adds a series; sorted by labels within a query.
  public void series(Labels labels, SampleColumns samples) {
    byte[] series =
        ReadRequest.Bytes.of(
            out -> {
              writeLabels(out, labels);
              for (int i = 0; i < samples.size(); i++) {
                writeSample(out, samples, i);
              }
            });
    result.writeBytes(ReadRequest.Bytes.of(out -> out.writeByteArray(1, series)));
  }

  static void writeLabels(CodedOutputStream out, Labels labels) throws IOException {
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      String value = labels.value(i);
      out.writeByteArray(
          1,
          ReadRequest.Bytes.of(
              inner -> {
                inner.writeString(1, name);
                inner.writeString(2, value);
              }));
    }
  }

  private static void writeSample(CodedOutputStream out, SampleColumns samples, int i)
      throws IOException {
    long time = samples.timestamps()[i];
    NativeHistogram histogram = samples.histogram(i);
    if (histogram != null) {
      out.writeByteArray(
          4, ReadRequest.Bytes.of(inner -> HistogramCodec.write(inner, histogram, time, 0)));
      return;
    }
    double value = samples.values()[i];
    out.writeTag(2, 2);
    out.writeUInt32NoTag(
        CodedOutputStream.computeDoubleSize(1, value)
            + CodedOutputStream.computeInt64Size(2, time));
    out.writeDouble(1, value);
    out.writeInt64(2, time);
  }

  /// Ends the response.
  ///
  /// @return its bytes, uncompressed
  public byte[] finish() {
    close();
    return response.toByteArray();
  }

  private void close() {
    if (open) {
      byte[] bytes = result.toByteArray();
      response.writeBytes(ReadRequest.Bytes.of(out -> out.writeByteArray(1, bytes)));
      result.reset();
      open = false;
    }
  }

  /// Reads an uncompressed response to a request with one query.
  ///
  /// @param sink takes each series with its samples, which are valid only during the call
  /// @throws OrielException of kind INVALID when the bytes are none
  public static void read(byte[] body, BiConsumer<Labels, SampleColumns> sink) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(body);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag != (1 << 3 | 2)) {
          in.skipField(tag);
          continue;
        }
        int limit = in.pushLimit(in.readRawVarint32());
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
          if (inner == (1 << 3 | 2)) {
            readSeries(in, sink);
          } else {
            in.skipField(inner);
          }
        }
        in.popLimit(limit);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new OrielException(Kind.INVALID, "not a prometheus.ReadResponse: " + e.getMessage(), e);
    }
  }

  private static void readSeries(CodedInputStream in, BiConsumer<Labels, SampleColumns> sink)
      throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    LabelsBuilder labels = new LabelsBuilder();
    SampleColumns samples = new SampleColumns();
    HistogramCodec histograms = new HistogramCodec();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> readLabel(in, labels);
        case 2 << 3 | 2 -> readSample(in, samples);
        case 4 << 3 | 2 -> {
          int inner = in.pushLimit(in.readRawVarint32());
          NativeHistogram histogram = histograms.read(in);
          in.popLimit(inner);
          samples.add(histograms.timestampMillis(), histogram);
        }
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    sink.accept(labels.build(), samples);
  }

  static void readLabel(CodedInputStream in, LabelsBuilder into) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    String name = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> name = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    into.set(name, value);
  }

  private static void readSample(CodedInputStream in, SampleColumns into) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    double value = 0;
    long time = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 1 -> value = in.readDouble();
        case 2 << 3 -> time = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    into.add(time, value);
  }
}
