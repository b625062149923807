package io.oriel.alerting.sender;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.alerting.rule.Alert;
import io.oriel.alerting.rule.AlertSink;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Sends alerts to every Alertmanager, in batches, from a bounded queue. Thread-safe.
public final class AlertSender implements AlertSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);
  private static final int BATCH = 256;
  private static final JsonFactory JSON = new JsonFactory();

  private final Supplier<List<AlertmanagerTarget>> targets;
  private final Supplier<Labels> externalLabels;
  private final String externalUrl;
  private final int capacity;
  private final LongSupplier nanos;
  private final SenderMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;

  @GuardedBy("lock")
  private final Deque<OutgoingAlert> queue = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  /// Under whose names a sender counts.
  public enum Names {
    PROMETHEUS,
    THANOS
  }

  /// What a sender works with.
  ///
  /// @param targets the Alertmanagers as they are known now
  /// @param externalLabels labels that every alert gets unless it has them
  /// @param externalUrl where links in alerts lead
  /// @param capacity `--alertmanager.notification-queue-capacity`
  /// @param nanos elapsed time
  /// @param names of what is counted
  public record Settings(
      Supplier<List<AlertmanagerTarget>> targets,
      Supplier<Labels> externalLabels,
      String externalUrl,
      int capacity,
      LongSupplier nanos,
      Names names) {}

  private AlertSender(Settings settings, PrometheusRegistry registry) {
    this.targets = settings.targets();
    this.externalLabels = settings.externalLabels();
    this.externalUrl = settings.externalUrl();
    this.capacity = settings.capacity();
    this.nanos = settings.nanos();
    this.metrics =
        SenderMetrics.of(
            settings.names(),
            registry,
            new SenderMetrics.State(capacity, this::queued, () -> targets.get().size()));
    this.thread = Thread.ofVirtual().name("oriel/metrics/alerts").unstarted(this::run);
  }

  /// Starts sending.
  public static AlertSender start(Settings settings, PrometheusRegistry registry) {
    AlertSender sender = new AlertSender(settings, registry);
    sender.thread.start();
    return sender;
  }

  @Override
  public void send(String expression, List<Alert> alerts) {
    String link =
        externalUrl
            + "/graph?g0.expr="
            + URLEncoder.encode(expression, StandardCharsets.UTF_8)
            + "&g0.tab=1";
    List<OutgoingAlert> outgoing = new ArrayList<>(alerts.size());
    for (Alert alert : alerts) {
      LabelsBuilder labels = alert.labels().toBuilder();
      Labels external = externalLabels.get();
      for (int i = 0; i < external.size(); i++) {
        if (!labels.has(external.name(i))) {
          labels.set(external.name(i), external.value(i));
        }
      }
      long ends =
          alert.resolvedAtMillis() != 0 ? alert.resolvedAtMillis() : alert.validUntilMillis();
      outgoing.add(
          new OutgoingAlert(
              labels.build(), alert.annotations(), alert.firedAtMillis(), ends, link));
    }
    enqueue(outgoing);
  }

  private void enqueue(List<OutgoingAlert> alerts) {
    lock.lock();
    try {
      for (OutgoingAlert alert : alerts) {
        if (queue.size() == capacity) {
          queue.removeFirst();
          metrics.queueDropped().inc();
        }
        queue.addLast(alert);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private int queued() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      while (true) {
        List<OutgoingAlert> batch = next();
        if (batch.isEmpty()) {
          return;
        }
        deliver(batch, senders);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The next batch; empty when the sender is closed and everything is sent.
  private List<OutgoingAlert> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (queue.isEmpty() && !closed) {
        changed.await();
      }
      List<OutgoingAlert> batch = new ArrayList<>();
      while (!queue.isEmpty() && batch.size() < BATCH) {
        batch.add(queue.removeFirst());
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void deliver(List<OutgoingAlert> batch, ExecutorService senders)
      throws InterruptedException {
    List<Future<Boolean>> attempts = new ArrayList<>();
    for (AlertmanagerTarget target : targets.get()) {
      attempts.add(senders.submit(() -> post(target, batch)));
    }
    boolean taken = false;
    for (Future<Boolean> attempt : attempts) {
      try {
        taken |= attempt.get();
      } catch (ExecutionException e) {
        LOG.atError().setCause(e).log("sending alerts failed unexpectedly");
      }
    }
    if (!taken) {
      metrics.sendDropped().inc(batch.size());
    }
  }

  private boolean post(AlertmanagerTarget target, List<OutgoingAlert> batch)
      throws InterruptedException {
    String name = target.url().toString();
    List<OutgoingAlert> wanted = new ArrayList<>();
    for (OutgoingAlert alert : batch) {
      target
          .relabel()
          .apply(alert.labels())
          .ifPresent(
              labels ->
                  wanted.add(
                      new OutgoingAlert(
                          labels,
                          alert.annotations(),
                          alert.startsAtMillis(),
                          alert.endsAtMillis(),
                          alert.generatorUrl())));
    }
    if (wanted.isEmpty()) {
      return true;
    }
    long start = nanos.getAsLong();
    String problem;
    try {
      HttpResult result =
          target
              .client()
              .send(
                  HttpRequest.post(target.url(), "application/json", encode(wanted))
                      .withTimeout(target.timeout()));
      problem = result.isSuccess() ? "" : "status " + result.status();
    } catch (OrielException e) {
      problem = e.reason();
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
    metrics.latency().apply(name).observe((nanos.getAsLong() - start) / 1e9);
    metrics.sent().labelValues(name).inc(wanted.size());
    if (!problem.isEmpty()) {
      metrics.errors().labelValues(name).inc(wanted.size());
      LOG.atWarn()
          .addKeyValue("alertmanager", name)
          .addKeyValue("count", wanted.size())
          .addKeyValue("reason", problem)
          .log("cannot send alerts, they are sent again while they fire");
    }
    return problem.isEmpty();
  }

  private static byte[] encode(List<OutgoingAlert> alerts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 * alerts.size());
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartArray();
      for (OutgoingAlert alert : alerts) {
        json.writeStartObject();
        json.writeName("labels");
        map(json, alert.labels().toMap());
        json.writeName("annotations");
        map(json, alert.annotations());
        json.writeStringProperty(
            "startsAt", Instant.ofEpochMilli(alert.startsAtMillis()).toString());
        json.writeStringProperty("endsAt", Instant.ofEpochMilli(alert.endsAtMillis()).toString());
        json.writeStringProperty("generatorURL", alert.generatorUrl());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return bytes.toByteArray();
  }

  private static void map(JsonGenerator json, Map<String, String> map) {
    json.writeStartObject();
    map.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  /// Sends what is queued, then ends.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(10_000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
