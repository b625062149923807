package io.oriel.metrics.remote;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.NameValidation;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appender;
import io.oriel.wire.remotewrite.RemoteWriteSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Appends the content of one request to one transaction and remembers what storage refused. Single
/// use, confined to its request's thread.
final class RequestIntake implements RemoteWriteSink {
  /// What a refused sample means for the rest of its request.
  enum Refusal {
    /** The request ends here, and nothing of it is kept. */
    ENDS_REQUEST,
    /** The rest is taken; the refusals are told in the end. */
    IS_TOLD
  }

  /// What storage is told besides samples.
  ///
  /// @param startZeros whether a start timestamp becomes a sample of zero
  /// @param metadata whether metadata is noted
  record Extras(boolean startZeros, boolean metadata) {}

  /** How much sooner than now a sample may claim to be. */
  private static final long MAX_AHEAD_MILLIS = 600_000;

  private static final String TOO_NEW = "out of bounds: timestamp is too far in the future";

  /** Schemas up to here are reserved for finer exponential ones, which can be made coarser. */
  private static final int MAX_FINE_SCHEMA = 52;

  /** A sender learns about so many refusals; the rest it may count. */
  private static final int MAX_PROBLEMS = 100;

  private final Appender appender;
  private final long maxTime;
  private final Refusal refusal;
  private final Extras extras;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Integer> dropped = new TreeMap<>();
  private final Map<String, Integer> droppedExemplars = new TreeMap<>();
  private Labels labels = Labels.empty();
  private long ref;

  /** Whether the present series has labels that cannot be stored. */
  private boolean refusedSeries;

  /** Whether there is a series that is still to bring its first sample. */
  private boolean empty;

  private int received;
  private int samples;
  private int histograms;
  private int exemplars;
  private int invalid;
  private int unsaidProblems;

  RequestIntake(Appender appender, long nowMillis, Refusal refusal, Extras extras) {
    this.appender = appender;
    this.maxTime = nowMillis + MAX_AHEAD_MILLIS;
    this.refusal = refusal;
    this.extras = extras;
  }

  @Override
  public void series(Labels next) {
    endSeries();
    labels = next;
    ref = Appender.NO_SERIES;
    refusedSeries = !isValid(next);
    empty = true;
    if (refusedSeries) {
      tell("invalid metric name or labels, got " + next);
      empty = false;
    }
  }

  private static boolean isValid(Labels labels) {
    if (!NameValidation.UTF8.allowsMetric(labels.metricName())) {
      return false;
    }
    for (int i = 0; i < labels.size(); i++) {
      boolean valid =
          NameValidation.UTF8.allowsLabel(labels.name(i)) && LabelName.isUtf8(labels.value(i));
      if (!valid) {
        return false;
      }
    }
    return true;
  }

  private void endSeries() {
    if (empty) {
      tell("TimeSeries must contain at least one sample or histogram for series " + labels);
    }
    empty = false;
  }

  @Override
  public void sample(long timestampMillis, double value, long startMillis) {
    if (isRefused()) {
      return;
    }
    if (timestampMillis > maxTime) {
      refuse("out_of_bounds", TOO_NEW);
      return;
    }
    long series = resolve();
    start(series, timestampMillis, startMillis, false);
    if (settle(appender.append(series, timestampMillis, value))) {
      samples++;
    }
  }

  @Override
  public void histogram(long timestampMillis, NativeHistogram histogram, long startMillis) {
    if (isRefused()) {
      return;
    }
    if (timestampMillis > maxTime) {
      refuse("out_of_bounds", TOO_NEW);
      return;
    }
    NativeHistogram fit = histogram;
    if (histogram.schema() > NativeHistogram.MAX_SCHEMA && histogram.schema() <= MAX_FINE_SCHEMA) {
      fit = HistogramArithmetic.reduce(histogram, NativeHistogram.MAX_SCHEMA);
    }
    String problem = fit.isStale() ? "" : HistogramArithmetic.problem(fit);
    if (!problem.isEmpty()) {
      refuse("invalid_histogram", problem);
      return;
    }
    long series = resolve();
    start(series, timestampMillis, startMillis, true);
    if (settle(appender.append(series, timestampMillis, fit))) {
      histograms++;
    }
  }

  /// Counts a sample; whether its series was refused already.
  private boolean isRefused() {
    received++;
    empty = false;
    if (refusedSeries) {
      invalid++;
      drop("invalid_labels", 1);
    }
    return refusedSeries;
  }

  private long resolve() {
    if (ref == Appender.NO_SERIES) {
      ref = appender.series(labels);
      if (ref == Appender.NO_SERIES) {
        drop("series_limit", 1);
        throw new OrielException(Kind.LIMITED, "series limit of the storage reached");
      }
    }
    return ref;
  }

  private void start(long series, long timestampMillis, long startMillis, boolean histogram) {
    if (extras.startZeros() && startMillis != 0 && timestampMillis != 0) {
      var _ = appender.appendStart(series, timestampMillis, startMillis, histogram);
    }
  }

  /// Whether the sample was taken.
  private boolean settle(AppendOutcome outcome) {
    switch (outcome) {
      case APPENDED -> {
        return true;
      }
      case OUT_OF_ORDER -> refuse("out_of_order", "out of order sample");
      case TOO_OLD -> refuse("too_old", "too old sample");
      case OUT_OF_BOUNDS -> refuse("out_of_bounds", "out of bounds");
      case DUPLICATE_TIMESTAMP -> refuse("duplicate_timestamp", "duplicate sample for timestamp");
      case LIMITED -> {
        drop("series_limit", 1);
        throw new OrielException(Kind.LIMITED, "series limit of the storage reached");
      }
      case INVALID_HISTOGRAM -> refuse("invalid_histogram", "histogram contradicts itself");
      case UNKNOWN_SERIES, INVALID_START, STALE_EXEMPLAR ->
          throw OrielException.bug("a sample of " + labels + " was answered " + outcome);
    }
    return false;
  }

  private void refuse(String reason, String problem) {
    drop(reason, 1);
    if (refusal == Refusal.ENDS_REQUEST) {
      throw OrielException.invalid(problem);
    }
    tell(problem + " for series " + labels);
  }

  private void drop(String reason, int count) {
    if (count > 0) {
      dropped.merge(reason, count, Integer::sum);
    }
  }

  private void tell(String problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(problem);
    } else {
      unsaidProblems++;
    }
  }

  @Override
  public void exemplar(Exemplar exemplar) {
    if (refusedSeries) {
      droppedExemplars.merge("invalid_labels", 1, Integer::sum);
      return;
    }
    if (exemplar.timestampMillis() > maxTime) {
      droppedExemplars.merge("out_of_bounds", 1, Integer::sum);
      return;
    }
    AppendOutcome outcome = appender.append(resolve(), exemplar);
    if (outcome == AppendOutcome.APPENDED) {
      exemplars++;
      return;
    }
    droppedExemplars.merge("out_of_order", 1, Integer::sum);
    if (refusal == Refusal.IS_TOLD) {
      tell("out of order exemplar for series " + labels);
    }
  }

  @Override
  public void metadata(String family, MetricMetadata metadata) {
    if (extras.metadata() && !refusedSeries && !labels.isEmpty()) {
      appender.metadata(resolve(), metadata);
    }
  }

  @Override
  public void skipped(String problem, int count) {
    endSeries();
    received += count;
    invalid += count;
    drop("invalid_labels", count);
    tell(problem);
  }

  /// Ends the request and stores what is good of it.
  void commit() throws IOException {
    endSeries();
    appender.commit();
  }

  /// Forgets the request: what was good of it is lost as well.
  void rollback() {
    appender.rollback();
    int good = samples + histograms;
    int unread = received - good - dropped.values().stream().mapToInt(Integer::intValue).sum();
    drop("rolled_back", good + unread);
    samples = 0;
    histograms = 0;
    exemplars = 0;
  }

  /// What was wrong, a line each; empty when everything was taken.
  String problems() {
    String all = String.join("\n", problems);
    return unsaidProblems == 0 ? all : all + "\nand " + unsaidProblems + " more";
  }

  /// Adds the request to the metrics, once it is over.
  void count(ReceiveMetrics metrics, String protocol) {
    metrics.samples.labelValues(protocol).inc(received);
    dropped.forEach((reason, n) -> metrics.dropped.labelValues(protocol, reason).inc(n));
    droppedExemplars.forEach(
        (reason, n) -> metrics.exemplarsDropped.labelValues(protocol, reason).inc(n));
  }

  int samples() {
    return samples;
  }

  int histograms() {
    return histograms;
  }

  int exemplars() {
    return exemplars;
  }

  /// Samples whose labels could not be stored.
  int invalid() {
    return invalid;
  }

  int exemplarsOutOfOrder() {
    return droppedExemplars.getOrDefault("out_of_order", 0);
  }
}
