package io.oriel.wire.remotewrite;

import com.google.protobuf.CodedInputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads one uncompressed request of either version and hands its content to a sink.
///
/// Labels must come before the samples of a series, as every sender writes them; a request where
/// they do not is refused.
public final class RemoteWriteReader {
  private final byte[] body;
  private final RemoteWriteSink sink;
  private final LabelsBuilder labels = new LabelsBuilder();
  private final HistogramCodec histograms = new HistogramCodec();
  private final List<String> symbols = new ArrayList<>();

  /** Why the labels being read name no series; empty when they do. */
  private String problem = "";

  private int skippedSamples;

  private RemoteWriteReader(byte[] body, RemoteWriteSink sink) {
    this.body = body;
    this.sink = sink;
  }

  /// Reads {@code body}.
  ///
  /// A series whose labels cannot be understood is skipped with a word to the sink.
  ///
  /// @throws OrielException of kind INVALID when the bytes are not such a request; what came before
  ///   has reached the sink
  public static void read(RemoteWriteVersion version, byte[] body, RemoteWriteSink sink) {
    RemoteWriteReader reader = new RemoteWriteReader(body, sink);
    try {
      switch (version) {
        case V1 -> reader.readV1();
        case V2 -> reader.readV2();
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new OrielException(
          Kind.INVALID, "not a " + version.message() + ": " + e.getMessage(), e);
    }
  }

  private void readV1() throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(body);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> seriesV1(nested(in));
        case 3 << 3 | 2 -> metadataV1(nested(in));
        default -> in.skipField(tag);
      }
    }
  }

  /// A reader for the message that follows, which {@code in} is moved past.
  private CodedInputStream nested(CodedInputStream in) throws IOException {
    int length = in.readRawVarint32();
    int start = in.getTotalBytesRead();
    in.skipRawBytes(length);
    return CodedInputStream.newInstance(body, start, length);
  }

  private void seriesV1(CodedInputStream in) throws IOException {
    beginLabels();
    boolean named = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (1 << 3 | 2)) {
        require(!named, "labels after samples");
        label(in, labels);
        continue;
      }
      named = named || endLabels();
      if (!problem.isEmpty()) {
        skip(in, tag, tag >>> 3 == 2 || tag >>> 3 == 4);
        continue;
      }
      switch (tag) {
        case 2 << 3 | 2 -> sample(in);
        case 3 << 3 | 2 -> exemplarV1(in);
        case 4 << 3 | 2 -> histogram(in);
        default -> in.skipField(tag);
      }
    }
    endSeries(named);
  }

  private void beginLabels() {
    labels.reset();
    problem = "";
    skippedSamples = 0;
  }

  /// Hands the labels out once they are complete; always true.
  private boolean endLabels() {
    if (problem.isEmpty()) {
      sink.series(labels.build());
    }
    return true;
  }

  private void skip(CodedInputStream in, int tag, boolean sample) throws IOException {
    skippedSamples += sample ? 1 : 0;
    in.skipField(tag);
  }

  private void endSeries(boolean named) {
    if (!named) {
      endLabels();
    }
    if (!problem.isEmpty()) {
      sink.skipped(problem, skippedSamples);
    }
  }

  private static void require(boolean kept, String mistake) {
    if (!kept) {
      throw new IllegalArgumentException(mistake);
    }
  }

  private void label(CodedInputStream in, LabelsBuilder into) throws IOException {
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
    add(into, name, value);
  }

  private void add(LabelsBuilder into, String name, String value) {
    if (name.isEmpty()) {
      mistake("label without a name");
    } else if (into.has(name)) {
      mistake("invalid labels for series, labels " + into.build() + ", duplicated label " + name);
    } else {
      into.set(name, value);
    }
  }

  private void mistake(String found) {
    problem = problem.isEmpty() ? found : problem;
  }

  private void sample(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    double value = 0;
    long time = 0;
    long start = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 1 -> value = in.readDouble();
        case 2 << 3 -> time = in.readInt64();
        case 3 << 3 -> start = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    sink.sample(time, value, start);
  }

  private void histogram(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    NativeHistogram histogram = histograms.read(in);
    in.popLimit(limit);
    sink.histogram(histograms.timestampMillis(), histogram, histograms.startMillis());
  }

  private void exemplarV1(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    LabelsBuilder own = new LabelsBuilder();
    double value = 0;
    long time = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> label(in, own);
        case 2 << 3 | 1 -> value = in.readDouble();
        case 3 << 3 -> time = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    if (leftOut("exemplar")) {
      return;
    }
    sink.exemplar(new Exemplar(own.build(), value, time, true));
  }

  private void metadataV1(CodedInputStream in) throws IOException {
    MetricType type = MetricType.UNKNOWN;
    String family = "";
    String help = "";
    String unit = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> type = type(in.readEnum());
        case 2 << 3 | 2 -> family = in.readStringRequireUtf8();
        case 4 << 3 | 2 -> help = in.readStringRequireUtf8();
        case 5 << 3 | 2 -> unit = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    sink.metadata(family, new MetricMetadata(type, unit, help));
  }

  static MetricType type(int number) {
    return switch (number) {
      case 1 -> MetricType.COUNTER;
      case 2 -> MetricType.GAUGE;
      case 3 -> MetricType.HISTOGRAM;
      case 4 -> MetricType.GAUGE_HISTOGRAM;
      case 5 -> MetricType.SUMMARY;
      case 6 -> MetricType.INFO;
      case 7 -> MetricType.STATESET;
      default -> MetricType.UNKNOWN;
    };
  }

  static int number(MetricType type) {
    return switch (type) {
      case UNKNOWN -> 0;
      case COUNTER -> 1;
      case GAUGE -> 2;
      case HISTOGRAM -> 3;
      case GAUGE_HISTOGRAM -> 4;
      case SUMMARY -> 5;
      case INFO -> 6;
      case STATESET -> 7;
    };
  }

  /// Symbols may stand anywhere in the message, so they are gathered first.
  private void readV2() throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(body);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (4 << 3 | 2)) {
        symbols.add(in.readStringRequireUtf8());
      } else {
        in.skipField(tag);
      }
    }
    in = CodedInputStream.newInstance(body);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (5 << 3 | 2)) {
        seriesV2(nested(in));
      } else {
        in.skipField(tag);
      }
    }
  }

  private void seriesV2(CodedInputStream in) throws IOException {
    beginLabels();
    boolean named = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag >>> 3 == 1) {
        require(!named, "labels after samples");
        references(in, tag, labels);
        continue;
      }
      named = named || endLabels();
      if (!problem.isEmpty()) {
        skip(in, tag, tag >>> 3 == 2 || tag >>> 3 == 3);
        continue;
      }
      switch (tag) {
        case 2 << 3 | 2 -> sample(in);
        case 3 << 3 | 2 -> histogram(in);
        case 4 << 3 | 2 -> exemplarV2(in);
        case 5 << 3 | 2 -> metadataV2(in);
        default -> in.skipField(tag);
      }
    }
    endSeries(named);
  }

  /// Name, value, name, value … as indices of symbols, packed.
  private void references(CodedInputStream in, int tag, LabelsBuilder into) throws IOException {
    require((tag & 7) == 2, "label references are not packed");
    int limit = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      int name = in.readUInt32();
      if (in.isAtEnd()) {
        mistake("parsing labels for series: odd number of label references");
        break;
      }
      int value = in.readUInt32();
      if (hasSymbol(name) && hasSymbol(value)) {
        add(into, symbols.get(name), symbols.get(value));
      }
    }
    in.popLimit(limit);
  }

  private boolean hasSymbol(int index) {
    boolean known = index >= 0 && index < symbols.size();
    if (!known) {
      mistake(
          "parsing labels for series: symbol "
              + Integer.toUnsignedString(index)
              + ", want one of "
              + symbols.size());
    }
    return known;
  }

  private void exemplarV2(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    LabelsBuilder own = new LabelsBuilder();
    double value = 0;
    long time = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> references(in, tag, own);
        case 2 << 3 | 1 -> value = in.readDouble();
        case 3 << 3 -> time = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    if (leftOut("exemplar")) {
      return;
    }
    sink.exemplar(new Exemplar(own.build(), value, time, true));
  }

  /// Whether the part just read named a symbol that is not there; the series goes on without it.
  private boolean leftOut(String part) {
    if (problem.isEmpty()) {
      return false;
    }
    sink.skipped("parsing " + part + " for series " + labels.build() + ": " + problem, 0);
    problem = "";
    return true;
  }

  private void metadataV2(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    MetricType type = MetricType.UNKNOWN;
    String help = "";
    String unit = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> type = type(in.readEnum());
        case 3 << 3 -> help = text(in.readUInt32());
        case 4 << 3 -> unit = text(in.readUInt32());
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    if (leftOut("metadata")) {
      return;
    }
    sink.metadata(labels.get(LabelName.METRIC), new MetricMetadata(type, unit, help));
  }

  private String text(int index) {
    return hasSymbol(index) ? symbols.get(index) : "";
  }
}
