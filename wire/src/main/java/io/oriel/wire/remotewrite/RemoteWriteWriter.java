package io.oriel.wire.remotewrite;

import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes one request of either version. Not thread-safe, single use: it is a sink itself, and
/// {@link #finish} ends it.
public final class RemoteWriteWriter implements RemoteWriteSink {
  private final RemoteWriteVersion version;
  private final ByteArrayOutputStream request = new ByteArrayOutputStream(8 << 10);
  private final ByteArrayOutputStream series = new ByteArrayOutputStream(512);
  private final ByteArrayOutputStream part = new ByteArrayOutputStream(256);
  private final Map<String, Integer> symbols = new LinkedHashMap<>();
  private boolean open;

  private interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  public RemoteWriteWriter(RemoteWriteVersion version) {
    this.version = version;
    symbols.put("", 0);
  }

  @Override
  public void series(Labels labels) {
    closeSeries();
    open = true;
    if (version == RemoteWriteVersion.V1) {
      labels(series, 1, labels);
    } else {
      references(series, labels);
    }
  }

  @Override
  public void sample(long timestampMillis, double value, long startMillis) {
    message(
        series,
        2,
        out -> {
          out.writeDouble(1, value);
          out.writeInt64(2, timestampMillis);
          if (version == RemoteWriteVersion.V2 && startMillis != 0) {
            out.writeInt64(3, startMillis);
          }
        });
  }

  @Override
  public void histogram(long timestampMillis, NativeHistogram histogram, long startMillis) {
    boolean first = version == RemoteWriteVersion.V1;
    message(
        series,
        first ? 4 : 3,
        out -> HistogramCodec.write(out, histogram, timestampMillis, first ? 0 : startMillis));
  }

  @Override
  public void exemplar(Exemplar exemplar) {
    boolean first = version == RemoteWriteVersion.V1;
    ByteArrayOutputStream own = new ByteArrayOutputStream();
    if (first) {
      labels(own, 1, exemplar.labels());
    } else {
      references(own, exemplar.labels());
    }
    message(
        series,
        first ? 3 : 4,
        out -> {
          out.writeRawBytes(own.toByteArray());
          out.writeDouble(2, exemplar.value());
          out.writeInt64(3, exemplar.timestampMillis());
        });
  }

  @Override
  public void metadata(String family, MetricMetadata metadata) {
    int type = RemoteWriteReader.number(metadata.type());
    if (version == RemoteWriteVersion.V2) {
      int help = symbol(metadata.help());
      int unit = symbol(metadata.unit());
      message(
          series,
          5,
          out -> {
            out.writeEnum(1, type);
            out.writeUInt32(3, help);
            out.writeUInt32(4, unit);
          });
      return;
    }
    closeSeries();
    message(
        request,
        3,
        out -> {
          out.writeEnum(1, type);
          out.writeString(2, family);
          out.writeString(4, metadata.help());
          out.writeString(5, metadata.unit());
        });
  }

  /// A request that is written holds everything, so this is a mistake of the caller.
  @Override
  public void skipped(String problem, int samples) {
    throw OrielException.bug("cannot write what was skipped: " + problem);
  }

  /// Ends the request.
  ///
  /// @return its bytes, uncompressed
  public byte[] finish() {
    closeSeries();
    if (version == RemoteWriteVersion.V2) {
      ByteArrayOutputStream whole = new ByteArrayOutputStream(request.size() + 1024);
      write(
          whole,
          out -> {
            for (String symbol : symbols.keySet()) {
              out.writeString(4, symbol);
            }
            out.writeRawBytes(request.toByteArray());
          });
      return whole.toByteArray();
    }
    return request.toByteArray();
  }

  private void closeSeries() {
    if (open) {
      byte[] bytes = series.toByteArray();
      int field = version == RemoteWriteVersion.V1 ? 1 : 5;
      write(request, out -> out.writeByteArray(field, bytes));
      series.reset();
      open = false;
    }
  }

  private void labels(ByteArrayOutputStream into, int field, Labels labels) {
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      String value = labels.value(i);
      message(
          into,
          field,
          out -> {
            out.writeString(1, name);
            out.writeString(2, value);
          });
    }
  }

  private void references(ByteArrayOutputStream into, Labels labels) {
    message(
        into,
        1,
        out -> {
          for (int i = 0; i < labels.size(); i++) {
            out.writeUInt32NoTag(symbol(labels.name(i)));
            out.writeUInt32NoTag(symbol(labels.value(i)));
          }
        });
  }

  private int symbol(String text) {
    return symbols.computeIfAbsent(text, _ -> symbols.size());
  }

  private void message(ByteArrayOutputStream into, int field, Body body) {
    part.reset();
    write(part, body);
    byte[] bytes = part.toByteArray();
    write(into, out -> out.writeByteArray(field, bytes));
  }

  private static void write(ByteArrayOutputStream into, Body body) {
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(into, 256);
      body.write(out);
      out.flush();
    } catch (IOException e) {
      throw new OrielException(Kind.BUG, "cannot write to memory", e);
    }
  }
}
