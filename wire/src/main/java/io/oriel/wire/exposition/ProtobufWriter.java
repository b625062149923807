package io.oriel.wire.exposition;

import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/// Writes `io.prometheus.client.MetricFamily` messages, each behind its length (client_model
/// metrics.proto, proto2).
final class ProtobufWriter implements ExpositionWriter {
  private interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  private final NameEscaping escaping;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(8 << 10);
  private final ByteArrayOutputStream family = new ByteArrayOutputStream(4 << 10);
  private MetricType type = MetricType.UNKNOWN;

  ProtobufWriter(NameEscaping escaping) {
    this.escaping = escaping;
  }

  @Override
  public void family(String name, MetricMetadata metadata) {
    close();
    type = metadata.type();
    write(
        family,
        to -> {
          to.writeString(1, escaping.escape(name));
          if (!metadata.help().isEmpty()) {
            to.writeString(2, metadata.help());
          }
          to.writeEnum(3, number(type));
          if (!metadata.unit().isEmpty()) {
            to.writeString(5, metadata.unit());
          }
        });
  }

  private static int number(MetricType type) {
    return switch (type) {
      case COUNTER -> 0;
      case GAUGE -> 1;
      case SUMMARY -> 2;
      case HISTOGRAM -> 4;
      case GAUGE_HISTOGRAM -> 5;
      case UNKNOWN, INFO, STATESET -> 3;
    };
  }

  @Override
  public void sample(Labels labels, double value) {
    metric(labels, List.of(), to -> to.writeByteArray(holder(), value(value)), false, 0);
  }

  @Override
  public void sample(Labels labels, List<String> more, double value, long timestampMillis) {
    metric(labels, more, to -> to.writeByteArray(holder(), value(value)), true, timestampMillis);
  }

  /// The field of Metric that holds a single value.
  private int holder() {
    return switch (type) {
      case COUNTER -> 3;
      case GAUGE -> 2;
      case UNKNOWN, SUMMARY, HISTOGRAM, GAUGE_HISTOGRAM, INFO, STATESET -> 5;
    };
  }

  private static byte[] value(double value) {
    return bytes(to -> to.writeDouble(1, value));
  }

  @Override
  public boolean histogram(
      Labels labels, List<String> more, NativeHistogram histogram, long timestampMillis) {
    byte[] body =
        bytes(
            to -> {
              to.writeDouble(2, histogram.sum());
              to.writeDouble(4, histogram.count());
              if (histogram.hasCustomBuckets()) {
                classic(to, histogram);
              } else {
                exponential(to, histogram);
              }
            });
    metric(labels, more, to -> to.writeByteArray(7, body), true, timestampMillis);
    return true;
  }

  private static void exponential(CodedOutputStream to, NativeHistogram h) throws IOException {
    to.writeSInt32(5, h.schema());
    to.writeDouble(6, h.zeroThreshold());
    to.writeDouble(8, h.zeroCount());
    side(to, 9, 11, h.negative());
    side(to, 12, 14, h.positive());
    if (h.positive().spanCount() == 0 && h.negative().spanCount() == 0) {
      // A span without buckets says that it is a native histogram at all.
      to.writeByteArray(12, span(0, 0));
    }
  }

  private static void side(CodedOutputStream to, int spans, int counts, Buckets buckets)
      throws IOException {
    for (int i = 0; i < buckets.spanCount(); i++) {
      to.writeByteArray(spans, span(buckets.spanOffset(i), buckets.spanLength(i)));
    }
    for (int i = 0; i < buckets.size(); i++) {
      to.writeDouble(counts, buckets.count(i));
    }
  }

  private static byte[] span(int offset, int length) {
    return bytes(
        to -> {
          to.writeSInt32(1, offset);
          to.writeUInt32(2, length);
        });
  }

  private static void classic(CodedOutputStream to, NativeHistogram h) throws IOException {
    BucketSums sums = new BucketSums(h);
    for (int i = 0; i < h.customBoundCount(); i++) {
      double bound = h.customBound(i);
      double count = sums.upTo(i);
      to.writeByteArray(
          3,
          bytes(
              inner -> {
                inner.writeDouble(2, bound);
                inner.writeDouble(4, count);
              }));
    }
  }

  private void metric(
      Labels labels, List<String> more, Body value, boolean timed, long timestampMillis) {
    byte[] body =
        bytes(
            to -> {
              for (int i = 0; i < labels.size(); i++) {
                if (!labels.name(i).equals(LabelName.METRIC)) {
                  to.writeByteArray(1, pair(labels.name(i), labels.value(i)));
                }
              }
              for (int i = 0; i < more.size(); i += 2) {
                to.writeByteArray(1, pair(more.get(i), more.get(i + 1)));
              }
              value.write(to);
              if (timed) {
                to.writeInt64(6, timestampMillis);
              }
            });
    write(family, to -> to.writeByteArray(4, body));
  }

  private byte[] pair(String name, String value) {
    return bytes(
        to -> {
          to.writeString(1, escaping.escape(name));
          to.writeString(2, value);
        });
  }

  private void close() {
    if (family.size() > 0) {
      byte[] message = family.toByteArray();
      family.reset();
      write(out, to -> to.writeByteArrayNoTag(message));
    }
  }

  @Override
  public byte[] finish() {
    close();
    return out.toByteArray();
  }

  private static byte[] bytes(Body body) {
    ByteArrayOutputStream into = new ByteArrayOutputStream(64);
    write(into, body);
    return into.toByteArray();
  }

  private static void write(ByteArrayOutputStream into, Body body) {
    try {
      CodedOutputStream to = CodedOutputStream.newInstance(into, 256);
      body.write(to);
      to.flush();
    } catch (IOException e) {
      throw new OrielException(Kind.BUG, "cannot write to memory", e);
    }
  }
}
