package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns the series of classic histograms into native histograms with custom buckets (Prometheus'
/// `convert_classic_histograms_to_nhcb`).
///
/// Collects `_bucket`, `_count` and `_sum` of one label set and hands out the histogram when the
/// next label set, family or the end comes; the series themselves are passed on only when classic
/// ones are wanted too.
final class CustomBucketParser implements ExpositionParser {
  private final ExpositionParser in;
  private final boolean keepClassic;
  private final LabelsBuilder labels = new LabelsBuilder();
  private String family = "";
  private MetricType type = MetricType.UNKNOWN;
  private Labels group = Labels.empty();
  private Labels exponential = Labels.empty();
  private ClassicHistogram collected = new ClassicHistogram();
  private final List<Exemplar> collectedExemplars = new ArrayList<>();
  private boolean collectedTimestamped;
  private long collectedTimestamp;
  private long collectedStart;
  private @Nullable Entry pending;
  private @Nullable NativeHistogram converted;
  private Labels convertedLabels = Labels.empty();
  private byte[] key = {};
  private List<Exemplar> convertedExemplars = List.of();
  private boolean convertedTimestamped;
  private long convertedTimestamp;
  private long convertedStart;

  CustomBucketParser(ExpositionParser in, ParserOptions options) {
    this.in = in;
    this.keepClassic = options.alwaysClassic();
  }

  @Override
  public Entry next() {
    converted = null;
    Entry held = pending;
    if (held != null) {
      pending = null;
      if (held != Entry.SERIES || !collect() || keepClassic) {
        return held;
      }
    }
    while (true) {
      Entry entry = in.next();
      if (entry == Entry.TYPE) {
        family = in.family();
        type = in.type();
      }
      boolean ours = entry == Entry.SERIES && isClassic();
      Labels base = ours ? base() : Labels.empty();
      if (!collected.isEmpty() && (!ours || !base.equals(group)) && convert()) {
        pending = entry;
        return Entry.HISTOGRAM;
      }
      if (entry == Entry.HISTOGRAM) {
        in.labels(labels);
        exponential = labels.build();
      }
      if (!ours || !collect() || keepClassic) {
        return entry;
      }
    }
  }

  private boolean isClassic() {
    if (type != MetricType.HISTOGRAM) {
      return false;
    }
    in.labels(labels);
    String name = labels.get(LabelName.METRIC);
    return name.startsWith(family)
        && switch (name.substring(family.length())) {
          case "_bucket" -> labels.has(LabelName.BUCKET);
          case "_count", "_sum" -> true;
          default -> false;
        };
  }

  private Labels base() {
    return labels.build().without(List.of(LabelName.BUCKET)).with(LabelName.METRIC, family);
  }

  /// Adds the present series to the histogram being collected; false when it is not part of one.
  private boolean collect() {
    if (!isClassic()) {
      return false;
    }
    Labels base = base();
    if (base.equals(exponential)) {
      return false;
    }
    if (!base.equals(group)) {
      collected = new ClassicHistogram();
      collectedExemplars.clear();
      group = base;
    }
    String name = labels.get(LabelName.METRIC);
    switch (name.substring(family.length())) {
      case "_count" -> collected.count(in.value());
      case "_sum" -> collected.sum(in.value());
      default -> collected.bucket(labels.get(LabelName.BUCKET), in.value());
    }
    collectedExemplars.addAll(in.exemplars());
    collectedTimestamped = in.hasTimestamp();
    collectedTimestamp = in.timestampMillis();
    collectedStart = in.startMillis();
    return true;
  }

  /// Makes a histogram of what was collected; false when it contradicts itself, which drops it.
  private boolean convert() {
    converted = collected.toCustomBuckets();
    convertedLabels = group;
    convertedExemplars = List.copyOf(collectedExemplars);
    convertedTimestamped = collectedTimestamped;
    convertedTimestamp = collectedTimestamp;
    convertedStart = collectedStart;
    key = (group + "\u00ff").getBytes(StandardCharsets.UTF_8);
    collected = new ClassicHistogram();
    collectedExemplars.clear();
    group = Labels.empty();
    return converted != null;
  }

  @Override
  public void expect(byte[] bytes, int from, int to) {
    // Entries may be held back here, so the parser below would look for a series at the wrong time.
  }

  @Override
  public void expectNothing() {
    // It never does.
  }

  @Override
  public boolean isExpected() {
    return false;
  }

  @Override
  public byte[] seriesBytes() {
    return converted == null ? in.seriesBytes() : key;
  }

  @Override
  public int seriesOffset() {
    return converted == null ? in.seriesOffset() : 0;
  }

  @Override
  public int seriesLength() {
    return converted == null ? in.seriesLength() : key.length;
  }

  @Override
  public long seriesHash() {
    return converted == null ? in.seriesHash() : SeriesHash.of(key, 0, key.length);
  }

  @Override
  public void labels(LabelsBuilder into) {
    if (converted == null) {
      in.labels(into);
    } else {
      into.reset(convertedLabels);
    }
  }

  @Override
  public double value() {
    return in.value();
  }

  @Override
  public NativeHistogram histogram() {
    NativeHistogram histogram = converted;
    return histogram == null ? in.histogram() : histogram;
  }

  @Override
  public boolean hasTimestamp() {
    return converted == null ? in.hasTimestamp() : convertedTimestamped;
  }

  @Override
  public long timestampMillis() {
    return converted == null ? in.timestampMillis() : convertedTimestamp;
  }

  @Override
  public long startMillis() {
    return converted == null ? in.startMillis() : convertedStart;
  }

  @Override
  public List<Exemplar> exemplars() {
    return converted == null ? in.exemplars() : convertedExemplars;
  }

  @Override
  public String family() {
    return in.family();
  }

  @Override
  public MetricType type() {
    return in.type();
  }

  @Override
  public String text() {
    return in.text();
  }
}
