package io.oriel.wire.exposition;

import com.google.protobuf.CodedInputStream;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Delimited `io.prometheus.client.MetricFamily` messages (prometheus/client_model).
final class ProtobufParser implements ExpositionParser {
  private static final int SEPARATOR = 0xff;

  /// One of the series that a message stands for.
  private record Part(
      String suffix,
      String extraLabel,
      String extraValue,
      double value,
      @Nullable NativeHistogram histogram,
      List<Exemplar> exemplars) {}

  private final byte[] bytes;
  private final int end;
  private final ParserOptions options;
  private final ClientMetric metric = new ClientMetric();
  private final java.util.ArrayDeque<Entry> announced = new java.util.ArrayDeque<>();
  private final java.util.ArrayDeque<Part> parts = new java.util.ArrayDeque<>();
  private int at;
  private String family = "";
  private String help = "";
  private String unit = "";
  private MetricType type = MetricType.UNKNOWN;
  private String text = "";
  private int[] metrics = new int[64];
  private int metricCount;
  private int nextMetric;
  private Part part = new Part("", "", "", 0, null, List.of());
  private byte[] key = new byte[256];
  private int keyLength;
  private byte[] expected = {};
  private int expectedFrom;
  private int expectedTo;

  ProtobufParser(byte[] bytes, int length, ParserOptions options) {
    this.bytes = bytes;
    this.end = length;
    this.options = options;
  }

  @Override
  public Entry next() {
    try {
      while (announced.isEmpty()) {
        Part next = parts.poll();
        if (next != null) {
          part = next;
          nameSeries();
          return next.histogram() == null ? Entry.SERIES : Entry.HISTOGRAM;
        }
        if (nextMetric < metricCount) {
          metric.read(bytes, metrics[2 * nextMetric], metrics[2 * nextMetric + 1]);
          nextMetric++;
          split();
        } else if (at >= end) {
          return Entry.END;
        } else {
          readFamily();
        }
      }
      Entry entry = announced.remove();
      text = entry == Entry.HELP ? help : unit;
      return entry;
    } catch (IOException | IllegalArgumentException e) {
      throw new ExpositionException(0, at, "not a MetricFamily message: " + e.getMessage());
    }
  }

  private void readFamily() throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes, at, end - at);
    int length = in.readRawVarint32();
    int start = at + in.getTotalBytesRead();
    if (length < 0 || length > end - start) {
      throw new ExpositionException(
          0, at, "message of " + length + " bytes, but only " + (end - start) + " follow");
    }
    at = start + length;
    family = "";
    help = "";
    unit = "";
    type = MetricType.COUNTER;
    metricCount = 0;
    nextMetric = 0;
    in = CodedInputStream.newInstance(bytes, start, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> family = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> help = in.readStringRequireUtf8();
        case 3 << 3 -> type = type(in.readEnum());
        case 4 << 3 | 2 -> noteMetric(in, start);
        case 5 << 3 | 2 -> unit = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    if (metricCount > 0) {
      announce(start);
    }
  }

  private void announce(int start) {
    if (!LabelName.isUtf8(family)) {
      throw new ExpositionException(0, start, "invalid metric name: " + Quoted.of(family));
    }
    announced.add(Entry.HELP);
    announced.add(Entry.TYPE);
    if (!unit.isEmpty()) {
      announced.add(Entry.UNIT);
    }
  }

  private void noteMetric(CodedInputStream in, int start) throws IOException {
    int length = in.readRawVarint32();
    if (2 * metricCount == metrics.length) {
      metrics = Arrays.copyOf(metrics, 2 * metrics.length);
    }
    metrics[2 * metricCount] = start + in.getTotalBytesRead();
    metrics[2 * metricCount + 1] = length;
    metricCount++;
    in.skipRawBytes(length);
  }

  private static MetricType type(int number) {
    return switch (number) {
      case 0 -> MetricType.COUNTER;
      case 1 -> MetricType.GAUGE;
      case 2 -> MetricType.SUMMARY;
      case 3 -> MetricType.UNKNOWN;
      case 4 -> MetricType.HISTOGRAM;
      case 5 -> MetricType.GAUGE_HISTOGRAM;
      default -> throw new IllegalArgumentException("metric type " + number + ", want 0 to 5");
    };
  }

  /// Takes one message apart into the series it stands for.
  private void split() {
    switch (type) {
      case SUMMARY -> splitSummary();
      case HISTOGRAM, GAUGE_HISTOGRAM -> splitHistogram();
      default -> {
        Exemplar exemplar = metric.exemplar;
        add("", "", "", metric.value, exemplar == null ? List.of() : List.of(exemplar));
      }
    }
  }

  private void splitSummary() {
    add("_count", "", "", metric.summaryCount, List.of());
    add("_sum", "", "", metric.summarySum, List.of());
    for (ClientMetric.Quantile quantile : metric.quantiles) {
      String value = OpenMetricsFloat.format(quantile.quantile());
      add("", LabelName.QUANTILE, value, quantile.value(), List.of());
    }
  }

  private void splitHistogram() {
    ClientHistogram histogram = metric.histogram;
    if (histogram == null) {
      throw new IllegalArgumentException("histogram family with a metric that is none");
    }
    boolean isNative = histogram.isNative() && options.nativeHistograms();
    if (isNative) {
      parts.add(new Part("", "", "", 0, histogram.toNative(type), histogram.nativeExemplars()));
    }
    if (isNative && (!options.alwaysClassic() || histogram.buckets.isEmpty())) {
      return;
    }
    add("_count", "", "", histogram.count, List.of());
    add("_sum", "", "", histogram.sum, List.of());
    for (ClientHistogram.Bucket bucket : histogram.classicBuckets()) {
      Exemplar exemplar = bucket.exemplar();
      add(
          "_bucket",
          LabelName.BUCKET,
          OpenMetricsFloat.format(bucket.upperBound()),
          bucket.cumulativeCount(),
          exemplar == null ? List.of() : List.of(exemplar));
    }
  }

  private void add(
      String suffix, String label, String labelValue, double value, List<Exemplar> exemplars) {
    double number = Double.isNaN(value) ? StaleMarker.NORMAL_NAN : value;
    parts.add(new Part(suffix, label, labelValue, number, null, exemplars));
  }

  private void nameSeries() {
    keyLength = 0;
    put(family);
    put(part.suffix());
    int[] ranges = metric.labelRanges;
    for (int i = 0; i < metric.labelCount; i++) {
      separate();
      put(ranges[4 * i], ranges[4 * i + 1]);
      separate();
      put(ranges[4 * i + 2], ranges[4 * i + 3]);
    }
    if (!part.extraLabel().isEmpty()) {
      separate();
      put(part.extraLabel());
      separate();
      put(part.extraValue());
    }
    if (part.histogram() != null) {
      separate();
    }
  }

  private void put(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ensure(utf8.length);
    System.arraycopy(utf8, 0, key, keyLength, utf8.length);
    keyLength += utf8.length;
  }

  private void put(int from, int length) {
    ensure(length);
    System.arraycopy(bytes, from, key, keyLength, length);
    keyLength += length;
  }

  private void separate() {
    ensure(1);
    key[keyLength++] = (byte) SEPARATOR;
  }

  private void ensure(int more) {
    if (keyLength + more > key.length) {
      key = Arrays.copyOf(key, Math.max(2 * key.length, keyLength + more));
    }
  }

  @Override
  public void expect(byte[] bytes, int from, int to) {
    expected = bytes;
    expectedFrom = from;
    expectedTo = to;
  }

  @Override
  public void expectNothing() {
    expectedTo = expectedFrom;
  }

  @Override
  public boolean isExpected() {
    return Arrays.equals(key, 0, keyLength, expected, expectedFrom, expectedTo);
  }

  @Override
  public byte[] seriesBytes() {
    return key;
  }

  @Override
  public int seriesOffset() {
    return 0;
  }

  @Override
  public int seriesLength() {
    return keyLength;
  }

  @Override
  public long seriesHash() {
    return SeriesHash.of(key, 0, keyLength);
  }

  @Override
  public void labels(LabelsBuilder into) {
    into.reset();
    int[] ranges = metric.labelRanges;
    for (int i = 0; i < metric.labelCount; i++) {
      String name = utf8(ranges[4 * i], ranges[4 * i + 1]);
      if (!LabelName.isUtf8(name) || into.has(name)) {
        throw new ExpositionException(
            0, ranges[4 * i], "label name " + Quoted.of(name) + " is empty or not unique");
      }
      into.set(name, utf8(ranges[4 * i + 2], ranges[4 * i + 3]));
    }
    if (!part.extraLabel().isEmpty()) {
      into.set(part.extraLabel(), part.extraValue());
    }
    into.set(LabelName.METRIC, family + part.suffix());
    if (options.typeAndUnitLabels()) {
      TypeLabels.add(into, family, type, unit);
    }
  }

  private String utf8(int from, int length) {
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      byte[] again = text.getBytes(StandardCharsets.UTF_8);
      if (!Arrays.equals(again, 0, again.length, bytes, from, from + length)) {
        throw new ExpositionException(0, from, "label is not valid UTF-8");
      }
    }
    return text;
  }

  @Override
  public double value() {
    return part.value();
  }

  @Override
  public NativeHistogram histogram() {
    NativeHistogram histogram = part.histogram();
    if (histogram == null) {
      throw new IllegalStateException("this entry is no histogram");
    }
    return histogram;
  }

  @Override
  public boolean hasTimestamp() {
    return metric.timestampMillis != 0;
  }

  @Override
  public long timestampMillis() {
    return metric.timestampMillis;
  }

  @Override
  public long startMillis() {
    return metric.startMillis;
  }

  @Override
  public List<Exemplar> exemplars() {
    return part.exemplars();
  }

  @Override
  public String family() {
    return family;
  }

  @Override
  public MetricType type() {
    return type;
  }

  @Override
  public String text() {
    return text;
  }
}
