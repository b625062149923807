package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricType;
import io.oriel.wire.exposition.ExpositionParser.Entry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Holds a text against all of the OpenMetrics 1.0 specification, where a scrape takes what it can
/// use.
///
/// Beyond what every parser refuses: metadata before samples and once, families and label sets in
/// one piece, sample names and labels that fit the type, values a type can have, exemplars only
/// where they belong, histograms that add up, time that goes forward.
public final class OpenMetricsCheck {
  private static final int MAX_EXEMPLAR_LENGTH = 128;
  private static final Map<MetricType, List<String>> SUFFIXES =
      Map.of(
          MetricType.COUNTER, List.of("_total", "_created"),
          MetricType.SUMMARY, List.of("", "_count", "_sum", "_created"),
          MetricType.HISTOGRAM, List.of("_bucket", "_count", "_sum", "_created"),
          MetricType.GAUGE_HISTOGRAM, List.of("_bucket", "_gcount", "_gsum", "_created"),
          MetricType.INFO, List.of("_info"),
          MetricType.GAUGE, List.of(""),
          MetricType.STATESET, List.of(""),
          MetricType.UNKNOWN, List.of(""));

  private final OpenMetricsParser in;
  private final Set<String> claimed = new HashSet<>();
  private final Set<Entry> metadata = new HashSet<>();
  private final Set<Labels> finished = new HashSet<>();
  private final Set<Labels> untimed = new HashSet<>();
  private final LabelsBuilder builder = new LabelsBuilder();
  private String family = "";
  private MetricType type = MetricType.UNKNOWN;
  private boolean open;
  private boolean sampled;
  private Labels group = Labels.empty();
  private boolean grouped;
  private GroupCheck sums = new GroupCheck(MetricType.UNKNOWN);
  private Labels previous = Labels.empty();
  private boolean previousTimed;
  private double previousSeconds;

  private OpenMetricsCheck(OpenMetricsParser in) {
    this.in = in;
  }

  /// Checks the whole text.
  ///
  /// @throws ExpositionException at the first mistake
  public static void check(byte[] text) {
    OpenMetricsParser parser =
        new OpenMetricsParser(text, text.length, ParserOptions.standard(), true);
    new OpenMetricsCheck(parser).run();
  }

  private void run() {
    for (Entry entry = in.next(); entry != Entry.END; entry = in.next()) {
      if (entry == Entry.SERIES) {
        sample();
      } else {
        metadata(entry);
      }
    }
    closeFamily();
  }

  private void metadata(Entry entry) {
    if (!open || !in.family().equals(family)) {
      closeFamily();
      family = in.family();
      open = true;
    }
    if (sampled) {
      throw in.mistakeAbove("metadata of " + Quoted.of(family) + " after its samples");
    }
    if (!metadata.add(entry)) {
      throw in.mistakeAbove("second " + entry + " of " + Quoted.of(family));
    }
    if (entry == Entry.TYPE) {
      type = in.type();
    }
  }

  private void claim() {
    Set<String> names = new HashSet<>();
    SUFFIXES.getOrDefault(type, List.of()).forEach(suffix -> names.add(family + suffix));
    names.add(family);
    for (String name : names) {
      if (!claimed.add(name)) {
        throw in.mistakeAbove("name " + Quoted.of(name) + " belongs to an earlier family");
      }
    }
  }

  private void closeFamily() {
    if (open && !sampled) {
      claim();
    }
    closeGroup();
    metadata.clear();
    finished.clear();
    untimed.clear();
    type = MetricType.UNKNOWN;
    open = false;
    sampled = false;
    previous = Labels.empty();
  }

  private void closeGroup() {
    if (grouped) {
      finished.add(group);
      String mistake = sums.mistake();
      if (!mistake.isEmpty()) {
        throw in.mistakeAbove(mistake);
      }
    }
    grouped = false;
  }

  private void sample() {
    in.labels(builder);
    Labels labels = builder.build();
    String name = labels.metricName();
    String suffix = open && name.startsWith(family) ? name.substring(family.length()) : "?";
    if (!SUFFIXES.getOrDefault(type, List.of()).contains(suffix)) {
      closeFamily();
      family = name;
      open = true;
      suffix = "";
    }
    if (!sampled) {
      claim();
      sampled = true;
    }
    place(labels, suffix);
    shape(labels, suffix);
    exemplars(suffix);
    time(labels);
    sums.add(suffix, labels, in.value());
  }

  private void place(Labels labels, String suffix) {
    Labels now = labels.withoutMetricName();
    if (suffix.equals("_bucket")) {
      now = now.without(List.of(LabelName.BUCKET));
    } else if (type == MetricType.SUMMARY && suffix.isEmpty()) {
      now = now.without(List.of(LabelName.QUANTILE));
    } else if (type == MetricType.STATESET) {
      now = now.without(List.of(family));
    }
    if (grouped && now.equals(group)) {
      return;
    }
    closeGroup();
    if (finished.contains(now)) {
      throw in.mistake("samples of " + now + " are not in one piece");
    }
    group = now;
    grouped = true;
    sums = new GroupCheck(type);
  }

  private void shape(Labels labels, String suffix) {
    double value = in.value();
    switch (type) {
      case STATESET -> {
        require(labels.has(family), "stateset sample without label " + Quoted.of(family));
        require(value == 0 || value == 1, "stateset value, want 0 or 1");
      }
      case INFO -> require(value == 1, "info value, want 1");
      case SUMMARY -> {
        if (suffix.isEmpty()) {
          double quantile = GroupCheck.number(labels.get(LabelName.QUANTILE));
          require(quantile >= 0 && quantile <= 1, "summary sample without a quantile from 0 to 1");
          require(!(value < 0), "negative quantile value");
        }
      }
      case HISTOGRAM, GAUGE_HISTOGRAM -> {
        double le = suffix.equals("_bucket") ? GroupCheck.number(labels.get(LabelName.BUCKET)) : 0;
        require(!Double.isNaN(le), "bucket without a number in le");
      }
      default -> {}
    }
    boolean counts =
        switch (suffix) {
          case "_total", "_bucket", "_count", "_gcount" -> true;
          case "_sum" -> type == MetricType.SUMMARY || type == MetricType.HISTOGRAM;
          default -> false;
        };
    require(!counts || value >= 0, "value that is negative or not a number");
    require(!suffix.equals("_gsum") || !Double.isNaN(value), "sum that is not a number");
  }

  private void exemplars(String suffix) {
    for (Exemplar exemplar : in.exemplars()) {
      require(
          suffix.equals("_total") || suffix.equals("_bucket"),
          "exemplar, which only counters and buckets can have");
      int length = 0;
      Labels labels = exemplar.labels();
      for (int i = 0; i < labels.size(); i++) {
        length += labels.name(i).codePointCount(0, labels.name(i).length());
        length += labels.value(i).codePointCount(0, labels.value(i).length());
      }
      require(length <= MAX_EXEMPLAR_LENGTH, "exemplar labels of more than 128 characters");
    }
  }

  private void time(Labels labels) {
    boolean timed = in.hasTimestamp();
    double seconds = timed ? in.seconds() : 0;
    if (labels.equals(previous)) {
      require(timed == previousTimed, "timestamp on some samples of a series only");
      require(timed && seconds >= previousSeconds, "time that goes backwards, or a sample twice");
    } else if (!timed) {
      require(untimed.add(labels), "sample twice");
    }
    previous = labels;
    previousTimed = timed;
    previousSeconds = seconds;
  }

  private void require(boolean kept, String mistake) {
    if (!kept) {
      throw in.mistake(type.word() + " " + Quoted.of(family) + ": " + mistake);
    }
  }
}
