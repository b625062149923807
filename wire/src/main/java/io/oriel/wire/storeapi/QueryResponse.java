package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.SampleColumns;
import io.oriel.wire.remotewrite.HistogramCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// One frame of a query's answer: `thanos.QueryResponse` and `thanos.QueryRangeResponse`, which are
/// the same. Statistics are read as a frame with nothing in it.
///
/// @param series evaluated series; a frame with one is a `timeseries`, with more a batch
/// @param warning empty for none
public record QueryResponse(List<ResultSeries> series, String warning) {
  /// A series of the result.
  ///
  /// @param samples one row per step that has a value, by time
  public record ResultSeries(Labels labels, SampleColumns samples) {}

  public QueryResponse {
    series = List.copyOf(series);
  }

  public static QueryResponse of(List<ResultSeries> series) {
    return new QueryResponse(series, "");
  }

  public static QueryResponse warning(String text) {
    return new QueryResponse(List.of(), text);
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static QueryResponse read(ByteBuffer message) {
    return Proto.read(message, "thanos.QueryResponse", QueryResponse::parse);
  }

  private static QueryResponse parse(CodedInputStream in) throws IOException {
    List<ResultSeries> series = new ArrayList<>();
    String warning = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> warning = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> series.add(Proto.nested(in, QueryResponse::series));
        case 4 << 3 | 2 -> Proto.nested(in, batch -> batch(batch, series));
        default -> in.skipField(tag);
      }
    }
    return new QueryResponse(series, warning);
  }

  private static List<ResultSeries> batch(CodedInputStream in, List<ResultSeries> into)
      throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (1 << 3 | 2)) {
        into.add(Proto.nested(in, QueryResponse::series));
      } else {
        in.skipField(tag);
      }
    }
    return into;
  }

  private static ResultSeries series(CodedInputStream in) throws IOException {
    LabelsBuilder labels = new LabelsBuilder();
    SampleColumns floats = new SampleColumns();
    SampleColumns histograms = new SampleColumns(1);
    HistogramCodec codec = new HistogramCodec();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> Proto.nested(in, label -> Proto.label(label, labels));
        case 2 << 3 | 2 -> Proto.nested(in, sample -> sample(sample, floats));
        case 4 << 3 | 2 -> {
          NativeHistogram histogram = Proto.nested(in, codec::read);
          histograms.add(codec.timestampMillis(), histogram);
        }
        default -> in.skipField(tag);
      }
    }
    return new ResultSeries(labels.build(), byTime(floats, histograms));
  }

  /// Floats and histograms come apart.
  private static SampleColumns byTime(SampleColumns floats, SampleColumns histograms) {
    if (histograms.size() == 0) {
      return floats;
    }
    SampleColumns rows = new SampleColumns(floats.size() + histograms.size());
    int f = 0;
    for (int h = 0; h < histograms.size(); h++) {
      while (f < floats.size() && floats.timestamps()[f] < histograms.timestamps()[h]) {
        rows.addRow(floats, f++);
      }
      rows.addRow(histograms, h);
    }
    while (f < floats.size()) {
      rows.addRow(floats, f++);
    }
    return rows;
  }

  private static SampleColumns sample(CodedInputStream in, SampleColumns into) throws IOException {
    double value = 0;
    long time = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 1 -> value = in.readDouble();
        case 2 << 3 -> time = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    into.add(time, value);
    return into;
  }

  /// The frame as bytes.
  public ByteBuffer write() {
    return Proto.write(
        out -> {
          Proto.string(out, 1, warning);
          if (series.size() == 1) {
            Proto.nested(out, 2, inner -> write(inner, series.getFirst()));
          } else if (!series.isEmpty()) {
            Proto.nested(
                out,
                4,
                batch -> {
                  for (ResultSeries each : series) {
                    Proto.nested(batch, 1, inner -> write(inner, each));
                  }
                });
          }
        });
  }

  private static void write(CodedOutputStream out, ResultSeries series) throws IOException {
    Proto.labels(out, series.labels());
    SampleColumns rows = series.samples();
    for (int i = 0; i < rows.size(); i++) {
      NativeHistogram histogram = rows.histogram(i);
      long time = rows.timestamps()[i];
      if (histogram != null) {
        Proto.nested(out, 4, inner -> HistogramCodec.write(inner, histogram, time, 0));
      } else {
        double value = rows.values()[i];
        out.writeTag(2, 2);
        out.writeUInt32NoTag(
            CodedOutputStream.computeDoubleSize(1, value)
                + CodedOutputStream.computeInt64Size(2, time));
        out.writeDouble(1, value);
        out.writeInt64(2, time);
      }
    }
  }
}
