package io.oriel.wire.exposition;

import com.google.protobuf.CodedInputStream;
import io.oriel.model.metric.Exemplar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One `io.prometheus.client.Metric` message; labels stay where they are, as ranges of the input.
/// Reused from metric to metric.
final class ClientMetric {
  /// One value of a summary.
  record Quantile(double quantile, double value) {}

  /** For each label: start and length of the name, start and length of the value. */
  int[] labelRanges = new int[32];

  int labelCount;
  double value;
  boolean hasValue;
  long timestampMillis;
  long startMillis;
  double summaryCount;
  double summarySum;
  final List<Quantile> quantiles = new ArrayList<>();
  @Nullable Exemplar exemplar;
  @Nullable ClientHistogram histogram;

  /// Reads the message in these bytes.
  void read(byte[] bytes, int offset, int length) throws IOException {
    labelCount = 0;
    value = 0;
    hasValue = false;
    timestampMillis = 0;
    startMillis = 0;
    summaryCount = 0;
    summarySum = 0;
    quantiles.clear();
    exemplar = null;
    histogram = null;
    CodedInputStream in = CodedInputStream.newInstance(bytes, offset, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = tag >>> 3;
      if (field == 6 && (tag & 7) == 0) {
        timestampMillis = in.readInt64();
      } else if ((tag & 7) != 2 || field < 1 || field > 7) {
        in.skipField(tag);
      } else {
        int limit = in.pushLimit(in.readRawVarint32());
        message(in, field, offset);
        in.popLimit(limit);
      }
    }
  }

  private void message(CodedInputStream in, int field, int base) throws IOException {
    switch (field) {
      case 1 -> label(in, base);
      case 4 -> summary(in);
      case 7 -> {
        histogram = ClientHistogram.read(in);
        startMillis = histogram.startMillis;
      }
      default -> single(in);
    }
  }

  /// Gauge, Counter and Untyped agree on field 1; only Counter has more.
  private void single(CodedInputStream in) throws IOException {
    hasValue = true;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> value = in.readDouble();
        case 2 -> exemplar = ClientHistogram.exemplar(in);
        case 3 -> startMillis = ClientHistogram.timestamp(in);
        default -> in.skipField(tag);
      }
    }
  }

  private void summary(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> summaryCount = ClientHistogram.unsigned(in.readUInt64());
        case 2 -> summarySum = in.readDouble();
        case 3 -> quantiles.add(quantile(in));
        case 4 -> startMillis = ClientHistogram.timestamp(in);
        default -> in.skipField(tag);
      }
    }
  }

  private static Quantile quantile(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    double quantile = 0;
    double value = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> quantile = in.readDouble();
        case 2 -> value = in.readDouble();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    return new Quantile(quantile, value);
  }

  private void label(CodedInputStream in, int base) throws IOException {
    int at = 4 * labelCount++;
    if (at == labelRanges.length) {
      labelRanges = Arrays.copyOf(labelRanges, 2 * at);
    }
    Arrays.fill(labelRanges, at, at + 4, 0);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = tag >>> 3;
      if ((tag & 7) != 2 || field > 2) {
        in.skipField(tag);
        continue;
      }
      int length = in.readRawVarint32();
      labelRanges[at + 2 * (field - 1)] = base + in.getTotalBytesRead();
      labelRanges[at + 2 * (field - 1) + 1] = length;
      in.skipRawBytes(length);
    }
  }
}
