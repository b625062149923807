package io.oriel.metrics.queue;

import io.oriel.metrics.config.RemoteWriteConfig;
import io.oriel.metrics.queue.QueueCounts.Sizes;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import io.oriel.wire.remotewrite.RemoteWriteWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One of the parallel ways to the receiver: gathers batches and sends them, one at a time, so that
/// a series stays in order.
final class Shard {
  private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

  /** How long {@link #finish} may go unnoticed. */
  private static final long CLOSING_CHECK_NANOS = 100_000_000;

  /// What the shards of a queue share.
  ///
  /// @param nowMillis Unix milliseconds
  /// @param sent is told the newest time among samples that were taken
  record Shared(
      RemoteWriteConfig config,
      Delivery delivery,
      QueueCounts counts,
      ShardPlan plan,
      LongSupplier nowMillis,
      LongSupplier nanoTime,
      java.util.function.LongConsumer sent) {}

  private final Shared shared;
  private final BlockingQueue<Item> queue;
  private final Thread thread;

  /** Set before the thread looks at it next; no item is put in afterwards. */
  private volatile boolean closing;

  Shard(Shared shared, String name) {
    this.shared = shared;
    RemoteWriteConfig.Queue settings = shared.config().queue();
    queue = new ArrayBlockingQueue<>(Math.max(settings.capacity(), settings.maxSamplesPerSend()));
    thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Waits until there is room for {@code item}.
  void put(Item item) throws InterruptedException {
    shared.counts().pending(Sizes.of(List.of(item)), 1);
    if (!queue.offer(item)) {
      shared.counts().enqueueRetried();
      queue.put(item);
    }
  }

  /// Sends what is there and then ends; {@link #join} waits for it.
  void finish() {
    closing = true;
  }

  /// Whether it ended within {@code millis}.
  boolean join(long millis) throws InterruptedException {
    return thread.join(java.time.Duration.ofMillis(millis));
  }

  /// Ends at once; what was not sent is counted as failed.
  void abandon() {
    thread.interrupt();
  }

  private void run() {
    List<Item> batch = new ArrayList<>();
    try {
      while (true) {
        batch.clear();
        if (gather(batch)) {
          send(batch);
        } else if (closing && queue.isEmpty()) {
          return;
        }
      }
    } catch (InterruptedException _) {
      List<Item> lost = new ArrayList<>(batch);
      queue.drainTo(lost);
      Sizes sizes = Sizes.of(lost);
      shared.counts().failed(sizes);
      shared.counts().pending(sizes, -1);
      if (sizes.all() > 0) {
        LOG.atWarn()
            .addKeyValue("url", shared.config().url())
            .addKeyValue("samples", sizes.all())
            .log("remote write ended before everything was sent; the rest is lost");
      }
      Thread.currentThread().interrupt();
    }
  }

  /// Fills a batch until it is full, its deadline has come, or the shard is to end.
  private boolean gather(List<Item> batch) throws InterruptedException {
    RemoteWriteConfig.Queue settings = shared.config().queue();
    long deadline =
        shared.nanoTime().getAsLong()
            + TimeUnit.MILLISECONDS.toNanos(settings.batchDeadlineMillis());
    while (batch.size() < settings.maxSamplesPerSend()) {
      queue.drainTo(batch, settings.maxSamplesPerSend() - batch.size());
      long left = deadline - shared.nanoTime().getAsLong();
      if (batch.size() >= settings.maxSamplesPerSend() || closing || left <= 0) {
        break;
      }
      Item next = queue.poll(Math.min(left, CLOSING_CHECK_NANOS), TimeUnit.NANOSECONDS);
      if (next != null) {
        batch.add(next);
      }
    }
    return !batch.isEmpty();
  }

  private void send(List<Item> batch) throws InterruptedException {
    Sizes all = Sizes.of(batch);
    List<Item> fresh = fresh(batch);
    if (!fresh.isEmpty()) {
      deliver(fresh);
    }
    shared.counts().pending(all, -1);
    batch.clear();
  }

  /// Those not older than `sample_age_limit`; the others are counted as dropped.
  private List<Item> fresh(List<Item> batch) {
    long limit = shared.config().queue().sampleAgeLimitMillis();
    if (limit <= 0) {
      return batch;
    }
    long oldest = shared.nowMillis().getAsLong() - limit;
    List<Item> kept = new ArrayList<>(batch.size());
    List<Item> old = new ArrayList<>();
    for (Item item : batch) {
      (item.timeMillis() < oldest ? old : kept).add(item);
    }
    Sizes dropped = Sizes.of(old);
    shared.counts().dropped(dropped, DropReason.TOO_OLD);
    shared.plan().dropped(dropped.all());
    return kept;
  }

  private void deliver(List<Item> items) throws InterruptedException {
    Sizes sizes = Sizes.of(items);
    byte[] body = Compression.SNAPPY.compress(encode(items));
    long start = shared.nanoTime().getAsLong();
    Delivery.Outcome outcome = shared.delivery().send(body, _ -> shared.counts().retried(sizes));
    double seconds = (shared.nanoTime().getAsLong() - start) / 1e9;
    shared.counts().batch(seconds);
    shared.plan().sent(sizes.all(), seconds);
    shared.counts().bytes(body.length);
    switch (outcome) {
      case Delivery.Outcome.Taken(HttpResult result) -> {
        settle(sizes, result, true);
        shared.sent().accept(newest(items));
      }
      case Delivery.Outcome.Refused(HttpResult result, String why) -> {
        settle(sizes, result, false);
        LOG.atError()
            .addKeyValue("url", shared.config().url())
            .addKeyValue("samples", sizes.all())
            .addKeyValue("reason", why)
            .log("the receiver refused a batch for good; it is dropped");
      }
    }
  }

  /// Version 2 says how much was written, of refused requests too.
  private void settle(Sizes sizes, @Nullable HttpResult result, boolean taken) {
    Sizes written = taken ? sizes : new Sizes(0, 0, 0);
    if (result != null && shared.delivery().version() == RemoteWriteVersion.V2) {
      written =
          new Sizes(
              Math.min(sizes.samples(), written(result, "samples")),
              Math.min(sizes.histograms(), written(result, "histograms")),
              Math.min(sizes.exemplars(), written(result, "exemplars")));
    }
    shared.counts().sent(written);
    shared.counts().failed(sizes.minus(written));
  }

  private static int written(HttpResult result, String what) {
    try {
      return Integer.parseInt(
          result.header("x-prometheus-remote-write-" + what + "-written").strip());
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private static long newest(List<Item> items) {
    long newest = Long.MIN_VALUE;
    for (Item item : items) {
      newest = Math.max(newest, item.timeMillis());
    }
    return newest;
  }

  /// What there is of one series goes out together, series in the order of their first item.
  private byte[] encode(List<Item> items) {
    Map<Labels, List<Item>> bySeries = new LinkedHashMap<>();
    for (Item item : items) {
      bySeries.computeIfAbsent(item.series().labels(), _ -> new ArrayList<>(1)).add(item);
    }
    RemoteWriteWriter writer = new RemoteWriteWriter(shared.delivery().version());
    boolean tells = shared.delivery().version() == RemoteWriteVersion.V2;
    bySeries.forEach(
        (labels, own) -> {
          writer.series(labels);
          own.forEach(item -> write(item, writer));
          MetricMetadata metadata = own.getLast().series().metadata();
          if (tells && metadata != null) {
            writer.metadata(labels.metricName(), metadata);
          }
        });
    return writer.finish();
  }

  private static void write(Item item, RemoteWriteWriter writer) {
    switch (item) {
      case Item.Sample sample -> writer.sample(sample.timeMillis(), sample.value(), 0);
      case Item.Histogram histogram ->
          writer.histogram(histogram.timeMillis(), histogram.histogram(), 0);
      case Item.Example example -> writer.exemplar(example.exemplar());
    }
  }
}
