package io.oriel.metrics.queue;

import io.oriel.metrics.config.RemoteWriteConfig;
import io.oriel.metrics.queue.QueueCounts.Sizes;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.relabel.Relabeler;
import io.oriel.runtime.http.HttpClient;
import io.oriel.tsdb.wal.RecordVisitor;
import io.oriel.tsdb.wal.WalTailer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One `remote_write`: follows the log and feeds the shards. Its reader is the only one that starts
/// and ends shards.
final class WriteQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);
  private static final long POLL_MILLIS = 100;
  private static final long TICK_NANOS = 10_000_000_000L;
  private static final long SWEEP_NANOS = 3_600_000_000_000L;

  private final RemoteWriteConfig config;
  private final Labels external;
  private final String name;
  private final RemoteWrites.Environment environment;
  private final WalTailer tailer;
  private final HttpClient client;
  private final QueueCounts counts;
  private final ShardPlan plan;
  private final Shard.Shared shared;
  private final SeriesNames names;
  private final Reader visitor = new Reader();
  private final AtomicLong highestSent = new AtomicLong(Long.MIN_VALUE);
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread reader;
  private final MetadataLoop metadata;

  /** When a batch was taken last, in nanoseconds of the environment's clock. */
  private final AtomicLong lastSentNanos;

  /** Touched by the reader, and by {@link #close} once the reader has ended. */
  private List<Shard> shards = new ArrayList<>();

  /** Confined to the reader. */
  private long highest = Long.MIN_VALUE;

  /** How many segments the tailer had lost when it was asked last; confined to the reader. */
  private long segmentsLost;

  private WriteQueue(
      String name,
      RemoteWriteConfig config,
      Labels external,
      RemoteWrites.Environment environment,
      HttpClient client,
      WalTailer tailer) {
    this.name = name;
    this.config = config;
    this.external = external;
    this.environment = environment;
    this.client = client;
    this.tailer = tailer;
    this.segmentsLost = tailer.segmentsLost();
    counts = new QueueCounts(environment.metrics(), name, config.url());
    RemoteWriteConfig.Queue settings = config.queue();
    plan = new ShardPlan(settings.minShards(), settings.maxShards(), TICK_NANOS / 1e9);
    Delivery delivery =
        new Delivery(
            config, client, environment.pause(), environment.clock(), environment.random());
    lastSentNanos = new AtomicLong(environment.nanoTime().getAsLong());
    shared =
        new Shard.Shared(
            config,
            delivery,
            counts,
            plan,
            environment.clock()::millis,
            environment.nanoTime(),
            this::sent);
    names = new SeriesNames(external, Relabeler.of(config.relabel()));
    reader =
        Thread.ofPlatform()
            .daemon(true)
            .name("oriel/metrics/remote-write/" + name)
            .unstarted(this::read);
    metadata = new MetadataLoop(config, delivery, counts, environment);
    counts.settings(
        settings.minShards(),
        settings.maxShards(),
        settings.capacity(),
        settings.maxSamplesPerSend());
  }

  /// Starts a queue: what is written to the log once this returns will be sent.
  ///
  /// @param position where an earlier queue to the same receiver stopped; null to begin now
  /// @throws IOException when the log or a certificate cannot be read
  static WriteQueue start(
      String name,
      RemoteWriteConfig config,
      Labels external,
      RemoteWrites.Environment environment,
      @Nullable WalTailer position)
      throws IOException {
    HttpClient client = HttpClient.create(config.client(), environment.userAgent());
    WriteQueue queue;
    try {
      WalTailer fresh = environment.tailer().get();
      queue =
          new WriteQueue(
              name, config, external, environment, client, position == null ? fresh : position);
      queue.startShards(queue.plan.min());
      fresh.poll(position == null ? queue.visitor : new Introduction(queue.visitor));
    } catch (IOException | RuntimeException e) {
      client.close();
      throw e;
    }
    queue.reader.start();
    queue.metadata.start();
    return queue;
  }

  /// Lets through what names series; samples come when the reader itself gets there.
  private record Introduction(RecordVisitor to) implements RecordVisitor {
    @Override
    public void series(long ref, Labels labels) {
      to.series(ref, labels);
    }

    @Override
    public void metadata(long ref, MetricMetadata told) {
      to.metadata(ref, told);
    }
  }

  String url() {
    return config.url();
  }

  /// Where in the log it stands; for another queue to go on from once this one is closed.
  WalTailer position() {
    return tailer;
  }

  boolean runs(RemoteWriteConfig other, Labels otherExternal) {
    return config.equals(other) && external.equals(otherExternal);
  }

  private void sent(long newestMillis) {
    lastSentNanos.set(environment.nanoTime().getAsLong());
    counts.highestSent(highestSent.accumulateAndGet(newestMillis, Math::max));
  }

  private void read() {
    long tick = environment.nanoTime().getAsLong();
    long sweep = tick;
    try {
      while (stop.getCount() > 0) {
        boolean any = poll();
        long now = environment.nanoTime().getAsLong();
        if (now - tick >= TICK_NANOS) {
          tick = now;
          reshard(now);
        }
        if (now - sweep >= SWEEP_NANOS) {
          sweep = now;
          names.forgetIdle(environment.clock().millis());
        }
        if (!any) {
          var _ = stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException | Interrupted _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean poll() {
    try {
      boolean any = tailer.poll(visitor);
      long lost = tailer.segmentsLost();
      counts.log(tailer.segment(), lost - segmentsLost);
      segmentsLost = lost;
      return any;
    } catch (IOException | OrielException e) {
      counts.logFailed();
      LOG.atError()
          .addKeyValue("url", config.url())
          .addKeyValue("reason", e.getMessage())
          .log("cannot read the log for remote write; trying again");
      return false;
    }
  }

  private void reshard(long now) throws InterruptedException {
    double delay =
        highest == Long.MIN_VALUE || highestSent.get() == Long.MIN_VALUE
            ? 0
            : (highest - highestSent.get()) / 1000.0;
    ShardPlan.Decision decision = plan.tick(shards.size(), delay);
    counts.shards(shards.size(), decision.desired());
    boolean stuck = now - lastSentNanos.get() > TICK_NANOS;
    if (decision.shards() == shards.size() || stuck) {
      return;
    }
    LOG.atInfo()
        .addKeyValue("url", config.url())
        .addKeyValue("from", shards.size())
        .addKeyValue("to", decision.shards())
        .log("remote write changes its number of shards");
    shards.forEach(Shard::finish);
    for (Shard shard : shards) {
      while (!shard.join(1000)) {
        // every sample of a series must be out before another shard takes the series over
      }
    }
    startShards(decision.shards());
  }

  private void startShards(int number) {
    List<Shard> fresh = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      fresh.add(new Shard(shared, "oriel/metrics/remote-write/" + name + "/" + i));
    }
    shards = fresh;
    fresh.forEach(Shard::start);
    counts.shards(number, number);
  }

  /// Sends what was read already, as long as the flush deadline allows, and ends.
  ///
  /// The reader is given the time to come to the end of what it reads, because only then does
  /// {@link #position} say exactly what was sent.
  @Override
  public void close() {
    metadata.close();
    stop.countDown();
    long deadline = environment.nanoTime().getAsLong() + environment.flushDeadline().toNanos();
    boolean flushed = true;
    try {
      if (!reader.join(left(deadline))) {
        reader.interrupt();
        reader.join();
      }
      shards.forEach(Shard::finish);
      for (Shard shard : shards) {
        flushed &= shard.join(left(deadline).toMillis());
      }
    } catch (InterruptedException _) {
      flushed = false;
      Thread.currentThread().interrupt();
    }
    if (!flushed) {
      shards.forEach(Shard::abandon);
    }
    client.close();
    counts.remove();
  }

  private Duration left(long deadlineNanos) {
    long left = deadlineNanos - environment.nanoTime().getAsLong();
    return Duration.ofNanos(Math.max(1_000_000, left));
  }

  /// The reader was told to end while it waited for room.
  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Interrupted(InterruptedException cause) {
      super(cause);
    }
  }

  /// Turns what the log says into items of shards.
  private final class Reader implements RecordVisitor {
    @Override
    public void series(long ref, Labels labels) {
      names.add(ref, labels, environment.clock().millis());
    }

    @Override
    public void metadata(long ref, MetricMetadata told) {
      names.describe(ref, told);
    }

    @Override
    public void sample(long ref, long timestampMillis, double value) {
      Item.Outgoing series = find(ref, timestampMillis, new Sizes(1, 0, 0));
      if (series != null) {
        put(ref, new Item.Sample(series, timestampMillis, value));
      }
    }

    @Override
    public void histogram(long ref, long timestampMillis, NativeHistogram histogram) {
      if (!config.sendNativeHistograms()) {
        return;
      }
      Sizes one = new Sizes(0, 1, 0);
      Item.Outgoing series = find(ref, timestampMillis, one);
      if (series == null) {
        return;
      }
      if (histogram.hasCustomBuckets() && config.version() == RemoteWriteConfig.Version.V1) {
        drop(one, DropReason.CUSTOM_BUCKETS);
        return;
      }
      put(ref, new Item.Histogram(series, timestampMillis, histogram));
    }

    @Override
    public void exemplar(long ref, Exemplar exemplar) {
      if (!config.sendExemplars()) {
        return;
      }
      Item.Outgoing series = find(ref, exemplar.timestampMillis(), new Sizes(0, 0, 1));
      if (series != null) {
        put(ref, new Item.Example(series, exemplar));
      }
    }

    private Item.@Nullable Outgoing find(long ref, long timestampMillis, Sizes one) {
      long now = environment.clock().millis();
      Item.Outgoing series = names.find(ref, now);
      if (series == null) {
        drop(one, names.knows(ref) ? DropReason.DROPPED_SERIES : DropReason.UNKNOWN_SERIES);
        return null;
      }
      long limit = config.queue().sampleAgeLimitMillis();
      if (limit > 0 && timestampMillis < now - limit) {
        drop(one, DropReason.TOO_OLD);
        return null;
      }
      if (timestampMillis > highest) {
        highest = timestampMillis;
        counts.highest(timestampMillis);
      }
      return series;
    }

    private void drop(Sizes one, DropReason reason) {
      counts.dropped(one, reason);
      plan.dropped(1);
    }

    private void put(long ref, Item item) {
      plan.came(1);
      try {
        shards.get((int) Long.remainderUnsigned(ref, shards.size())).put(item);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Interrupted(e);
      }
    }
  }
}
