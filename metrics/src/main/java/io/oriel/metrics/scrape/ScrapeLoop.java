package io.oriel.metrics.scrape;

import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.discovery.Pause;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appender;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.exposition.Exposition;
import io.oriel.wire.exposition.ParserOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Scrapes one target again and again. One virtual thread runs it; its status may be read from any.
///
/// Timestamps are put on the interval's grid when the scrape came within two milliseconds of it, so
/// that they compress to almost nothing.
final class ScrapeLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ScrapeLoop.class);
  private static final long TOLERANCE_MILLIS = 2;

  private final Target target;
  private final ScrapeConfig config;
  private final ScrapeEnvironment environment;
  private final HttpClient client;
  private final Endings endings;
  private final HttpRequest request;
  private final ParserOptions parserOptions;
  private final FailureLog failures;
  private final MetadataCache metadata = new MetadataCache();
  private final SampleIntake intake;
  private final Map<String, Long> reportRefs = new LinkedHashMap<>();

  /** Why the target is not asked at all; empty when it is. Written by the pool. */
  private volatile String forcedError = "";

  /** Replaced as a whole after each scrape. */
  private volatile TargetStatus status;

  /**
   * Whether the end of the loop is the end of the target's series. Written before the interrupt.
   */
  private volatile boolean endSeries;

  /// @param endings take over what is to be done some time after the loop's end
  ScrapeLoop(
      Target target,
      ScrapeConfig config,
      ScrapeEnvironment environment,
      HttpClient client,
      Endings endings) {
    this.target = target;
    this.config = config;
    this.environment = environment;
    this.client = client;
    this.endings = endings;
    this.intake =
        new SampleIntake(
            target.labels(), config, environment.options(), environment.metrics(), metadata);
    this.request = request(target, config);
    this.failures = new FailureLog(config.job(), config.scrapeFailureLogFile());
    this.parserOptions =
        new ParserOptions(
            environment.options().startTimestamps(),
            target.histograms().scrapeNative(),
            target.histograms().alwaysClassic(),
            target.histograms().convertClassic(),
            environment.options().typeAndUnitLabels());
    this.status =
        new TargetStatus(config.job(), target, TargetStatus.Health.UNKNOWN, 0, 0, "", Map.of());
  }

  private static HttpRequest request(Target target, ScrapeConfig config) {
    return HttpRequest.get(target.uri())
        .withHeader("accept", Exposition.acceptHeader(config.protocols(), config.escaping()))
        .withHeader("accept-encoding", config.compression() ? "gzip" : "identity")
        .withHeader(
            "x-prometheus-scrape-timeout-seconds",
            io.oriel.model.number.GoFloat.format(target.timeoutMillis() / 1000.0))
        .withTimeout(Duration.ofMillis(target.timeoutMillis()))
        .withMaxBodyBytes(config.limits().bodyBytes());
  }

  Target target() {
    return target;
  }

  TargetStatus status() {
    return status;
  }

  /// Fails every scrape with {@code error} from now on; empty ends that.
  void force(String error) {
    forcedError = error;
  }

  /// Says that the target is gone, so that the series are marked as ended a while after the loop
  /// ends.
  void endSeriesWhenStopped() {
    endSeries = true;
  }

  /// Runs until interrupted.
  void run() {
    long interval = target.intervalMillis();
    long now = environment.clock().millis();
    long offset = target.offsetMillis(environment.options().offsetSeed());
    long next = Math.floorDiv(now - offset, interval) * interval + offset;
    next += next < now ? interval : 0;
    long lastStart = 0;
    try {
      while (true) {
        environment.pause().sleep(Math.max(0, next - environment.clock().millis()));
        long start = environment.nanoTime().getAsLong();
        if (lastStart != 0) {
          environment
              .metrics()
              .intervalLength
              .labelValues(DurationSyntax.format(interval))
              .observe((start - lastStart) / 1e9);
        }
        lastStart = start;
        scrape(aligned(environment.clock().millis(), next));
        now = environment.clock().millis();
        next += interval;
        if (next < now) {
          next += Math.floorDiv(now - next + interval - 1, interval) * interval;
        }
      }
    } catch (InterruptedException _) {
      if (endSeries && status.lastScrapeMillis() != 0) {
        long missed = next;
        endings.begin(config.job() + "/" + target.uri(), () -> end(missed));
      }
    }
  }

  /// Marks the series as ended when the next scrape would have been, after the one behind it, and a
  /// tenth of an interval more, as upstream does: a target that came back has newer samples by
  /// then.
  private void end(long missedMillis) throws InterruptedException {
    long interval = target.intervalMillis();
    Pause pause = environment.pause();
    pause.sleep(Math.max(0, missedMillis - environment.clock().millis()));
    long endMillis = environment.clock().millis();
    pause.sleep(Math.max(0, missedMillis + interval - endMillis));
    pause.sleep(interval / 10);
    markEnd(endMillis);
  }

  private static long aligned(long now, long planned) {
    return Math.abs(now - planned) <= TOLERANCE_MILLIS ? planned : now;
  }

  /// One scrape, whatever comes of it.
  void scrape(long scrapeMillis) throws InterruptedException {
    long start = environment.nanoTime().getAsLong();
    SampleIntake.Count count = SampleIntake.Count.NONE;
    String error = forcedError;
    long bodyBytes = -1;
    if (error.isEmpty()) {
      try {
        HttpResult answer = ask();
        bodyBytes = answer.body().length;
        count = store(answer, scrapeMillis);
      } catch (OrielException e) {
        error = explain(e);
      } catch (IOException e) {
        error = String.valueOf(e.getMessage());
      }
    }
    double seconds = (environment.nanoTime().getAsLong() - start) / 1e9;
    if (!error.isEmpty()) {
      failures.note(environment.clock().instant(), target, error);
    }
    try (Appender appender = environment.storage().appender()) {
      if (!error.isEmpty()) {
        intake.fail(appender, scrapeMillis);
      }
      report(appender, scrapeMillis, error.isEmpty() ? 1 : 0, seconds, count, bodyBytes);
      appender.commit();
    } catch (IOException | OrielException e) {
      LOG.atError()
          .addKeyValue("job", config.job())
          .addKeyValue("target", target.uri())
          .addKeyValue("error", e.getMessage())
          .log("cannot store the outcome of a scrape");
      error = error.isEmpty() ? String.valueOf(e.getMessage()) : error;
    }
    status =
        new TargetStatus(
            config.job(),
            target,
            error.isEmpty() ? TargetStatus.Health.UP : TargetStatus.Health.DOWN,
            scrapeMillis,
            seconds,
            error,
            metadata.snapshot());
  }

  private HttpResult ask() throws IOException, InterruptedException {
    HttpResult answer = client.send(request);
    if (answer.status() != 200) {
      throw new OrielException(
          Kind.UNAVAILABLE, "server returned HTTP status " + answer.statusLine());
    }
    return answer;
  }

  private String explain(OrielException e) {
    if (e instanceof LimitExceeded limit && limit.limit().equals("body_size_limit")) {
      environment.metrics().refused.exceededBodySize.inc();
      return "body size limit exceeded";
    }
    return e.reason();
  }

  private SampleIntake.Count store(HttpResult answer, long scrapeMillis) throws IOException {
    byte[] body = answer.body();
    Exposition.Choice choice =
        Exposition.parser(
            body,
            body.length,
            answer.header("content-type"),
            config.fallbackProtocol(),
            parserOptions);
    if (!choice.warning().isEmpty()) {
      LOG.atDebug()
          .addKeyValue("target", target.uri())
          .addKeyValue("reason", choice.warning())
          .log("target's content type is not usable");
    }
    try (Appender appender = environment.storage().appender()) {
      SampleIntake.Count count = intake.take(choice.parser(), appender, scrapeMillis);
      appender.commit();
      return count;
    }
  }

  private void report(
      Appender appender,
      long scrapeMillis,
      double up,
      double seconds,
      SampleIntake.Count count,
      long bodyBytes) {
    report(appender, "up", scrapeMillis, up);
    report(appender, "scrape_duration_seconds", scrapeMillis, seconds);
    report(appender, "scrape_samples_scraped", scrapeMillis, count.total());
    report(appender, "scrape_samples_post_metric_relabeling", scrapeMillis, count.kept());
    report(appender, "scrape_series_added", scrapeMillis, count.added());
    if (config.extraMetrics()) {
      double timeout = target.timeoutMillis() / 1000.0;
      report(appender, "scrape_timeout_seconds", scrapeMillis, timeout);
      report(appender, "scrape_sample_limit", scrapeMillis, (double) config.limits().samples());
      report(appender, "scrape_body_size_bytes", scrapeMillis, (double) bodyBytes);
    }
  }

  private void report(Appender appender, String name, long scrapeMillis, double value) {
    Long known = reportRefs.get(name);
    if (known == null || known == Appender.NO_SERIES) {
      known = resolve(appender, name);
    }
    if (appender.append(known, scrapeMillis, value) == AppendOutcome.UNKNOWN_SERIES) {
      appender.append(resolve(appender, name), scrapeMillis, value);
    }
  }

  private long resolve(Appender appender, String name) {
    Labels labels = intake.report(name);
    long ref = appender.series(labels);
    reportRefs.put(name, ref);
    return ref;
  }

  private void markEnd(long nowMillis) {
    try (Appender appender = environment.storage().appender()) {
      intake.fail(appender, nowMillis);
      reportRefs.values().forEach(ref -> appender.appendEnd(ref, nowMillis));
      appender.commit();
    } catch (IOException | OrielException e) {
      LOG.atWarn()
          .addKeyValue("target", target.uri())
          .addKeyValue("error", e.getMessage())
          .log("cannot mark a gone target's series as ended; queries see them for five minutes");
    }
  }
}
