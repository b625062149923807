package io.oriel.logs.deliver;

import io.oriel.logs.spool.SpooledChunk;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.retry.Backoff;
import io.oriel.runtime.trace.ActiveSpan;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkReply;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends the chunks that it is given, one request at a time, in order. What it was given and has
/// not sent is bounded by bytes; who gives more waits.
final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final int MAX_WAITING_BYTES = 8 << 20;
  private static final int LEAST_COST = 512;
  private static final int MAX_REPLY = 64 << 20;

  private final Deliverer.Parts parts;
  private final DeliverConfig config;
  private final Hosts hosts;
  private final DeliverMetrics metrics;
  private final CountDownLatch stopping;
  private final LinkedBlockingQueue<SpooledChunk> waiting = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(MAX_WAITING_BYTES, true);
  private final BulkBody body;
  private final Backoff backoff;

  /** What is left of chunks that are partly in a request; confined to the worker's thread. */
  private final Deque<Run> rest = new ArrayDeque<>();

  /** Events of each chunk that have no outcome yet; confined to the worker's thread. */
  private final Map<Long, Integer> open = new HashMap<>();

  Worker(Deliverer.Parts parts, Hosts hosts, DeliverMetrics metrics, CountDownLatch stopping) {
    this.parts = parts;
    this.config = parts.config();
    this.hosts = hosts;
    this.metrics = metrics;
    this.stopping = stopping;
    this.body = new BulkBody(config.packing());
    this.backoff = new Backoff(config.retry().first(), config.retry().longest(), parts.random());
  }

  private static int cost(SpooledChunk chunk) {
    return Math.min(MAX_WAITING_BYTES, Math.max(LEAST_COST, chunk.bytes().length));
  }

  /// Gives a chunk to send, waiting while there are too many.
  void take(SpooledChunk chunk) throws InterruptedException {
    room.acquire(cost(chunk));
    waiting.put(chunk);
  }

  void run() {
    try {
      while (stopping.getCount() > 0) {
        List<Run> batch = nextBatch();
        if (!batch.isEmpty()) {
          metrics.inFlight.inc(count(batch));
          try {
            send(batch);
          } finally {
            metrics.inFlight.dec(count(batch));
          }
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static int count(List<Run> runs) {
    int count = 0;
    for (Run run : runs) {
      count += run.count();
    }
    return count;
  }

  /// Waits for something to send, then a little for more, up to a full request.
  private List<Run> nextBatch() throws InterruptedException {
    List<Run> batch = new ArrayList<>();
    int events = 0;
    int bytes = 0;
    long deadline = 0;
    while (events < config.batch().events() && bytes < config.batch().bytes()) {
      if (rest.isEmpty()) {
        long patience =
            batch.isEmpty()
                ? TimeUnit.SECONDS.toNanos(1)
                : Math.max(0, deadline - parts.nanos().getAsLong());
        SpooledChunk chunk = waiting.poll(patience, TimeUnit.NANOSECONDS);
        if (chunk == null) {
          break;
        }
        begin(chunk);
        continue;
      }
      if (batch.isEmpty()) {
        deadline = parts.nanos().getAsLong() + config.batch().patience().toNanos();
      }
      Run part = cut(config.batch().events() - events, config.batch().bytes() - bytes, events == 0);
      if (part.count() == 0) {
        break;
      }
      batch.add(part);
      events += part.count();
      bytes += part.bytes();
    }
    return batch;
  }

  private void begin(SpooledChunk chunk) {
    room.release(cost(chunk));
    if (chunk.count() == 0) {
      acknowledge(chunk);
      return;
    }
    open.put(chunk.sequence(), chunk.count());
    rest.add(new Run(chunk, 0, chunk.count()));
  }

  /// Takes from the first rest as many events as there is room for.
  ///
  /// @param atLeastOne also one that is larger than the room
  private Run cut(int events, int bytes, boolean atLeastOne) {
    Run whole = rest.remove();
    SpooledChunk chunk = whole.chunk();
    int to = Math.min(whole.to(), whole.from() + events);
    while (to > whole.from() && chunk.end(to - 1) - chunk.action(whole.from()) > bytes) {
      to--;
    }
    if (to == whole.from() && atLeastOne) {
      to++;
    }
    if (to < whole.to()) {
      rest.addFirst(new Run(chunk, to, whole.to()));
    }
    return new Run(chunk, whole.from(), to);
  }

  /// Sends {@code runs} until every event of them has an outcome.
  private void send(List<Run> runs) throws InterruptedException {
    List<Run> left = runs;
    while (!left.isEmpty() && stopping.getCount() > 0) {
      URI host = hosts.next();
      List<Run> asked = left;
      Optional<HttpResult> answer =
          parts.tracer().work("deliver logs", span -> ask(host, asked, span));
      if (answer.isEmpty()) {
        hosts.told(host, false);
        metrics.retried.inc(count(left));
        pause(Duration.ZERO);
        continue;
      }
      HttpResult result = answer.get();
      int status = result.status();
      hosts.told(host, status < 500);
      if (status == 413 || status == 400) {
        refused(left, result);
        return;
      }
      if (!result.isSuccess()) {
        LOG.atWarn()
            .addKeyValue("host", host.getHost())
            .addKeyValue("status", result.statusLine())
            .log("bulk request refused, sending it again");
        metrics.retried.inc(count(left));
        pause(retryAfter(result));
        continue;
      }
      int before = count(left);
      left = outcomes(left, result);
      if (left.isEmpty() || count(left) < before) {
        backoff.reset();
      }
      if (!left.isEmpty()) {
        metrics.retried.inc(count(left));
        pause(retryAfter(result));
      }
    }
  }

  private Optional<HttpResult> ask(URI host, List<Run> runs, ActiveSpan span)
      throws InterruptedException {
    byte[] bytes = body.of(runs);
    span.set("events", Integer.toString(count(runs))).set("server.address", host.getHost());
    HttpRequest request =
        HttpRequest.post(host, "application/x-ndjson", bytes)
            .withTimeout(config.retry().timeout())
            .withMaxBodyBytes(MAX_REPLY)
            .withHeader("accept", "application/json");
    if (config.packing().compression() != Compression.NONE) {
      request = request.withHeader("content-encoding", config.packing().compression().word());
    }
    long start = parts.nanos().getAsLong();
    try {
      HttpResult result = parts.client().send(request);
      span.set("http.response.status_code", Integer.toString(result.status()));
      metrics.requests.labelValues(Integer.toString(result.status())).inc();
      metrics.bytes.inc(bytes.length);
      metrics.duration.observe((parts.nanos().getAsLong() - start) / 1e9);
      return Optional.of(result);
    } catch (IOException | OrielException e) {
      span.fail(String.valueOf(e.getMessage()));
      metrics.requests.labelValues("0").inc();
      LOG.atWarn()
          .addKeyValue("host", host.getHost())
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("bulk request without an answer, sending it again");
      return Optional.empty();
    }
  }

  /// A request that is refused for what is in it is halved until the culprit is alone.
  private void refused(List<Run> runs, HttpResult result) throws InterruptedException {
    if (count(runs) == 1) {
      Run one = runs.getFirst();
      String reason = result.status() == 413 ? "too_large" : "malformed";
      bury(one.chunk(), one.from(), result.status(), reason, result.text());
      syncDeadLetters();
      settle(one.chunk(), 1);
      return;
    }
    metrics.splits.inc();
    int half = count(runs) / 2;
    List<Run> first = new ArrayList<>();
    List<Run> second = new ArrayList<>();
    for (Run run : runs) {
      int inFirst = Math.clamp(half - count(first), 0, run.count());
      if (inFirst > 0) {
        first.add(new Run(run.chunk(), run.from(), run.from() + inFirst));
      }
      if (inFirst < run.count()) {
        second.add(new Run(run.chunk(), run.from() + inFirst, run.to()));
      }
    }
    send(first);
    send(second);
  }

  /// Settles every item that has its final outcome.
  ///
  /// @return the others
  private List<Run> outcomes(List<Run> runs, HttpResult result) throws InterruptedException {
    List<BulkItem> items;
    try {
      items = BulkReply.parse(result.body()).items();
    } catch (OrielException e) {
      LOG.atWarn().addKeyValue("reason", e.reason()).log("bulk reply not understood");
      return runs;
    }
    if (items.size() != count(runs)) {
      LOG.atWarn()
          .addKeyValue("got", items.size())
          .addKeyValue("want", count(runs))
          .log("bulk reply has another number of items, sending all again");
      return runs;
    }
    List<Run> again = new ArrayList<>();
    int at = 0;
    boolean buried = false;
    List<Run> settled = new ArrayList<>();
    for (Run run : runs) {
      int done = 0;
      for (int i = run.from(); i < run.to(); i++) {
        BulkItem item = items.get(at++);
        switch (item.outcome()) {
          case STORED -> done++;
          case DUPLICATE -> {
            done++;
            metrics.duplicates.inc();
          }
          case RETRY -> add(again, run.chunk(), i);
          case REFUSED -> {
            buried = true;
            bury(run.chunk(), i, item.status(), reason(item), item.errorReason());
            settled.add(new Run(run.chunk(), i, i + 1));
          }
        }
      }
      metrics.acknowledged.inc(done);
      if (done > 0) {
        settled.add(new Run(run.chunk(), 0, done));
      }
    }
    if (buried) {
      syncDeadLetters();
    }
    for (Run run : settled) {
      settle(run.chunk(), run.count());
    }
    return again;
  }

  private static String reason(BulkItem item) {
    return item.errorType().isEmpty() ? "status_" + item.status() : item.errorType();
  }

  private static void add(List<Run> runs, SpooledChunk chunk, int i) {
    Run last = runs.isEmpty() ? null : runs.getLast();
    if (last != null && last.chunk() == chunk && last.to() == i) {
      runs.set(runs.size() - 1, new Run(chunk, last.from(), i + 1));
    } else {
      runs.add(new Run(chunk, i, i + 1));
    }
  }

  /// Keeps an event that nobody takes; when even the disk refuses, it is sent again later, because
  /// nothing says that it was settled.
  private void bury(SpooledChunk chunk, int i, int status, String reason, String text)
      throws InterruptedException {
    String why = text.length() > 1000 ? text.substring(0, 1000) : text;
    while (true) {
      try {
        parts
            .deadLetters()
            .add(
                chunk.bytes(),
                new int[] {chunk.action(i), chunk.document(i), chunk.end(i)},
                status,
                reason + ": " + why);
        metrics.dead.labelValues(reason).inc();
        return;
      } catch (IOException e) {
        LOG.atError().setCause(e).log("cannot keep a dead letter, trying again");
        pause(Duration.ZERO);
      }
    }
  }

  private void syncDeadLetters() throws InterruptedException {
    while (true) {
      try {
        parts.deadLetters().sync();
        return;
      } catch (IOException e) {
        LOG.atError().setCause(e).log("cannot keep dead letters, trying again");
        pause(Duration.ZERO);
      }
    }
  }

  private void settle(SpooledChunk chunk, int count) {
    Integer left = open.merge(chunk.sequence(), -count, Integer::sum);
    if (left != null && left == 0) {
      open.remove(chunk.sequence());
      acknowledge(chunk);
    }
  }

  private void acknowledge(SpooledChunk chunk) {
    try {
      parts.spool().acknowledge(chunk);
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("cannot note what is delivered; it may be sent again");
    }
  }

  private void pause(Duration atLeast) throws InterruptedException {
    Duration pause = backoff.next(atLeast);
    if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new InterruptedException("stopping");
    }
  }

  /// What the other side asks for, in seconds or as a date; at most an hour.
  private Duration retryAfter(HttpResult result) {
    String text = result.header("retry-after").strip();
    long seconds = 0;
    try {
      if (!text.isEmpty()) {
        seconds =
            Character.isDigit(text.charAt(0))
                ? Long.parseLong(text)
                : Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)).getEpochSecond()
                    - parts.clock().instant().getEpochSecond();
      }
    } catch (java.time.DateTimeException | NumberFormatException _) {
      return Duration.ZERO;
    }
    return Duration.ofSeconds(Math.clamp(seconds, 0, 3600));
  }

  @Override
  public void close() {
    body.close();
  }
}
