package io.oriel.metrics.scrape;

import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.config.ScrapeLimits;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.relabel.Relabeler;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appender;
import io.oriel.wire.exposition.ExpositionParser;
import io.oriel.wire.exposition.ExpositionParser.Entry;
import java.nio.charset.StandardCharsets;

/// Parses one target's answers into appenders and knows which series were there before. Confined to
/// the target's loop.
final class SampleIntake {
  /// What one answer held.
  ///
  /// @param total samples in it
  /// @param kept samples left after relabelling
  /// @param added series not seen in the scrape before
  record Count(int total, int kept, int added) {
    static final Count NONE = new Count(0, 0, 0);
  }

  /** So few that what storage holds of them fits a processor's own cache. */
  private static final int PREPARED_TOGETHER = 512;

  private final Labels targetLabels;
  private final ScrapeConfig config;
  private final IntakeOptions options;
  private final Relabeler relabeler;
  private final ScrapeMetrics metrics;
  private final MetadataCache metadata;
  private final ScrapeCache cache = new ScrapeCache();
  private final LabelsBuilder labels = new LabelsBuilder();
  private int scrape;

  /** The place in the cache of the series that the parser expects. */
  private int expected;

  /** Up to where in the cache storage knows what comes. */
  private int prepared;

  private int total;
  private int kept;
  private int added;

  SampleIntake(
      Labels targetLabels,
      ScrapeConfig config,
      IntakeOptions options,
      ScrapeMetrics metrics,
      MetadataCache metadata) {
    this.targetLabels = targetLabels;
    this.config = config;
    this.options = options;
    this.relabeler = Relabeler.of(config.metricRelabel());
    this.metrics = metrics;
    this.metadata = metadata;
  }

  /// Appends everything that {@code parser} holds, and stale markers for what was there in the
  /// scrape before and is not now. The caller commits, or rolls back and calls {@link #fail}.
  ///
  /// @throws OrielException when the scrape fails as a whole
  Count take(ExpositionParser parser, Appender appender, long scrapeMillis) {
    scrape++;
    total = 0;
    kept = 0;
    added = 0;
    long limit = config.limits().samples();
    prepared = 0;
    expect(parser, 0);
    for (Entry entry = parser.next(); entry != Entry.END; entry = parser.next()) {
      switch (entry) {
        case SERIES, HISTOGRAM -> sample(entry, parser, appender, scrapeMillis);
        case TYPE, HELP, UNIT -> metadata.note(entry, parser);
        case COMMENT, END -> {}
      }
    }
    if (limit > 0 && kept > limit) {
      metrics.refused.exceededSampleLimit.inc();
      throw new ScrapeFailure("sample limit exceeded");
    }
    markGone(appender, scrapeMillis, scrape - 1);
    return new Count(total, kept, added);
  }

  /// Notes that a scrape failed: everything that was there before is marked as ended.
  void fail(Appender appender, long scrapeMillis) {
    for (int i = 0; i < cache.size(); i++) {
      markEnd(i, appender, scrapeMillis);
    }
    scrape++;
  }

  private void markGone(Appender appender, long scrapeMillis, int before) {
    boolean evictable = false;
    for (int i = 0; i < cache.size(); i++) {
      if (cache.lastScrape(i) <= before) {
        markEnd(i, appender, scrapeMillis);
        evictable |= cache.lastScrape(i) < scrape - 2;
      } else {
        cache.track(i);
      }
    }
    if (evictable) {
      cache.keepOnly(i -> cache.lastScrape(i) >= scrape - 2);
    }
  }

  private void markEnd(int i, Appender appender, long scrapeMillis) {
    if (cache.isTracked(i)) {
      appender.appendEnd(cache.ref(i), scrapeMillis);
      cache.untrack(i);
    }
  }

  int seriesInCache() {
    return cache.size();
  }

  private void sample(Entry kind, ExpositionParser parser, Appender appender, long scrapeMillis) {
    total++;
    if (expected >= prepared) {
      prepare(appender);
    }
    int entry = parser.isExpected() ? expected : find(parser, appender);
    expect(parser, entry + 1);
    if (cache.isDropped(entry)) {
      cache.setLastScrape(entry, scrape);
      return;
    }
    kept++;
    if (overLimit()) {
      return;
    }
    boolean stamped = config.honorTimestamps() && parser.hasTimestamp();
    long time = stamped ? parser.timestampMillis() : scrapeMillis;
    NativeHistogram histogram = kind == Entry.HISTOGRAM ? fit(parser.histogram()) : null;
    start(parser, entry, appender, time, histogram != null);
    AppendOutcome outcome = append(parser, entry, appender, time, histogram);
    if (outcome == AppendOutcome.UNKNOWN_SERIES) {
      cache.setRef(entry, appender.series(cache.labels(entry)));
      outcome = append(parser, entry, appender, time, histogram);
    }
    settle(outcome, entry, stamped);
    if (outcome == AppendOutcome.APPENDED) {
      exemplars(parser, entry, appender, time);
    }
  }

  private void prepare(Appender appender) {
    int end = Math.min(cache.size(), expected + PREPARED_TOGETHER);
    if (end > expected) {
      appender.prepare(cache.refs(), expected, end);
    }
    prepared = Math.max(end, expected + 1);
  }

  /// Tells the parser that the series at this place of the cache is likely to come next.
  private void expect(ExpositionParser parser, int place) {
    expected = place;
    if (place < cache.size()) {
      parser.expect(cache.names(), cache.nameStart(place), cache.nameEnd(place));
    } else {
      parser.expectNothing();
    }
  }

  private int find(ExpositionParser parser, Appender appender) {
    long hash = parser.seriesHash();
    int entry =
        cache.find(hash, parser.seriesBytes(), parser.seriesOffset(), parser.seriesLength());
    return entry == ScrapeCache.NONE ? resolve(parser, hash, appender) : entry;
  }

  private boolean overLimit() {
    long limit = config.limits().samples();
    return limit > 0 && kept > limit;
  }

  private NativeHistogram fit(NativeHistogram histogram) {
    try {
      return HistogramLimits.fit(
          histogram, config.nativeBucketLimit(), config.nativeMinBucketFactor());
    } catch (ScrapeFailure e) {
      metrics.refused.exceededBucketLimit.inc();
      throw e;
    }
  }

  private void start(
      ExpositionParser parser, int entry, Appender appender, long time, boolean histogram) {
    if (options.startTimestamps()) {
      long start = parser.startMillis();
      if (start > 0 && start < time) {
        appender.appendStart(cache.ref(entry), time, start, histogram);
      }
    }
  }

  private AppendOutcome append(
      ExpositionParser parser,
      int entry,
      Appender appender,
      long time,
      @org.jspecify.annotations.Nullable NativeHistogram histogram) {
    long ref = cache.ref(entry);
    if (ref == Appender.NO_SERIES) {
      return AppendOutcome.LIMITED;
    }
    return histogram == null
        ? appender.append(ref, time, parser.value())
        : appender.append(ref, time, histogram);
  }

  private void settle(AppendOutcome outcome, int entry, boolean stamped) {
    int last = cache.lastScrape(entry);
    boolean fresh = last != scrape - 1 || scrape == 1;
    boolean first = last != scrape;
    switch (outcome) {
      case OUT_OF_ORDER -> metrics.refused.outOfOrder.inc();
      case DUPLICATE_TIMESTAMP -> metrics.refused.duplicate.inc();
      case OUT_OF_BOUNDS, TOO_OLD -> metrics.refused.outOfBounds.inc();
      case LIMITED -> throw new ScrapeFailure("series limit of the storage exceeded");
      case INVALID_HISTOGRAM -> throw new ScrapeFailure("histogram contradicts itself");
      case APPENDED, UNKNOWN_SERIES, INVALID_START, STALE_EXEMPLAR -> {
        cache.setWanted(entry, !stamped || config.trackTimestampsStaleness());
        added += fresh && first ? 1 : 0;
      }
    }
    cache.setLastScrape(entry, scrape);
  }

  private void exemplars(ExpositionParser parser, int entry, Appender appender, long time) {
    for (Exemplar exemplar : parser.exemplars()) {
      Exemplar timed =
          exemplar.hasTimestamp()
              ? exemplar
              : new Exemplar(exemplar.labels(), exemplar.value(), time, true);
      AppendOutcome outcome = appender.append(cache.ref(entry), timed);
      if (outcome != AppendOutcome.APPENDED && outcome != AppendOutcome.STALE_EXEMPLAR) {
        metrics.refused.exemplarOutOfOrder.inc();
      }
    }
  }

  private int resolve(ExpositionParser parser, long hash, Appender appender) {
    parser.labels(labels);
    mergeTargetLabels();
    boolean dropped = !relabeler.apply(labels);
    Labels built = dropped ? Labels.empty() : labels.build();
    long ref = 0;
    if (!dropped) {
      check(built);
      ref = appender.series(built);
      if (options.metadata() && ref != Appender.NO_SERIES) {
        noteMetadata(parser, appender, ref);
      }
    }
    int entry =
        cache.add(hash, parser.seriesBytes(), parser.seriesOffset(), parser.seriesLength(), built);
    cache.setRef(entry, ref);
    return entry;
  }

  private void noteMetadata(ExpositionParser parser, Appender appender, long ref) {
    io.oriel.model.metric.MetricMetadata known = metadata.find(parser.family());
    if (known != null) {
      appender.metadata(ref, known);
    }
  }

  /// Adds the target's labels. A label that the sample has too either wins (`honor_labels`) or
  /// moves to `exported_…`.
  private void mergeTargetLabels() {
    Labels scraped = config.honorLabels() ? Labels.empty() : labels.build();
    for (int i = 0; i < targetLabels.size(); i++) {
      String name = targetLabels.name(i);
      String had = labels.get(name);
      if (config.honorLabels()) {
        if (had.isEmpty()) {
          labels.set(name, targetLabels.value(i));
        }
        continue;
      }
      if (!had.isEmpty()) {
        String moved = "exported_" + name;
        while (scraped.has(moved) || targetLabels.has(moved)) {
          moved = "exported_" + moved;
        }
        labels.set(moved, had);
      }
      labels.set(name, targetLabels.value(i));
    }
  }

  private void check(Labels built) {
    String name = built.metricName();
    if (name.isEmpty()) {
      throw new ScrapeFailure("no metric name or labels after relabeling");
    }
    if (!config.validation().allowsMetric(name)) {
      throw new ScrapeFailure("invalid metric name " + Quoted.of(name));
    }
    ScrapeLimits limits = config.limits();
    String mistake = "";
    if (limits.labels() > 0 && built.size() > limits.labels()) {
      mistake =
          "label_limit exceeded (metric: %s, number of labels: %d, limit: %d)"
              .formatted(name, built.size(), limits.labels());
    }
    for (int i = 0; i < built.size() && mistake.isEmpty(); i++) {
      if (!config.validation().allowsLabel(built.name(i))) {
        mistake = "invalid label name " + Quoted.of(built.name(i)) + " (metric: " + name + ")";
      }
      mistake =
          mistake.isEmpty()
              ? tooLong("label_name_length_limit", name, built.name(i), limits.labelNameLength())
              : mistake;
      mistake =
          mistake.isEmpty()
              ? tooLong("label_value_length_limit", name, built.value(i), limits.labelValueLength())
              : mistake;
    }
    if (!mistake.isEmpty()) {
      metrics.refused.exceededLabelLimits.inc();
      throw new ScrapeFailure(mistake);
    }
  }

  private static String tooLong(String limitName, String metric, String text, long limit) {
    if (limit == 0 || text.length() * 3L <= limit) {
      return "";
    }
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return length <= limit
        ? ""
        : "%s exceeded (metric: %s, label: %s, length: %d, limit: %d)"
            .formatted(limitName, metric, Quoted.of(text), length, limit);
  }

  /// The labels of a series that the scrape itself makes, such as `up`.
  Labels report(String name) {
    return targetLabels.with(LabelName.METRIC, name);
  }
}
