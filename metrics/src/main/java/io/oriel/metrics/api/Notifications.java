package io.oriel.metrics.api;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.json.JsonWriter;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// What an operator should know now: `notifications`, and `notifications/live` as a stream of
/// server-sent events. Thread-safe.
///
/// A subscriber that does not keep up misses events; they are counted. {@link #close} ends the
/// streams.
public final class Notifications implements AutoCloseable {
  /** Shown from a refused reload until an accepted one. */
  public static final String RELOAD_FAILED = "Configuration reload has failed.";

  /** Shown until the storage is open. */
  public static final String STARTING =
      "Prometheus is starting and replaying the write-ahead log (WAL).";

  /** Shown from the first moment of the end. */
  public static final String STOPPING =
      "Prometheus is shutting down and gracefully stopping all operations.";

  /** How many streams upstream allows when no flag says otherwise. */
  public static final int MOST_SUBSCRIBERS = 16;

  private static final int MOST_WAITING = 10;

  private record Notification(String text, Instant since, boolean active) {
    void write(JsonWriter json) {
      json.beginObject().name("text").string(text);
      json.name("date").string(since.toString()).name("active").bool(active).endObject();
    }
  }

  /// One stream; an empty event ends it.
  private static final class Subscriber {
    private final BlockingQueue<Optional<Notification>> events =
        new LinkedBlockingQueue<>(MOST_WAITING + 1);

    boolean offer(Notification event) {
      return events.size() < MOST_WAITING && events.offer(Optional.of(event));
    }

    void end() {
      events.clear();
      events.add(Optional.empty());
    }
  }

  private final InstantSource clock;
  private final int mostSubscribers;
  private final Counter sent;
  private final Counter dropped;

  @GuardedBy("this")
  private final Map<String, Instant> active = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Set<Subscriber> subscribers = new LinkedHashSet<>();

  @GuardedBy("this")
  private boolean closed;

  /// @param mostSubscribers more streams than this at once are refused
  public Notifications(InstantSource clock, int mostSubscribers, PrometheusRegistry registry) {
    this.clock = clock;
    this.mostSubscribers = mostSubscribers;
    sent =
        Counter.builder()
            .name("prometheus_api_notification_updates_sent_total")
            .help("Notifications sent to subscribers.")
            .register(registry);
    dropped =
        Counter.builder()
            .name("prometheus_api_notification_updates_dropped_total")
            .help("Notifications that a subscriber was too slow for.")
            .register(registry);
    GaugeWithCallback.builder()
        .name("prometheus_api_notification_active_subscribers")
        .help("Streams of notifications that are open.")
        .callback(gauge -> gauge.call(subscriberCount()))
        .register(registry);
  }

  private synchronized int subscriberCount() {
    return subscribers.size();
  }

  /// Shows {@code text} from now on.
  public synchronized void show(String text) {
    Instant now = clock.instant();
    active.put(text, now);
    tell(new Notification(text, now, true));
  }

  /// Shows {@code text} no longer.
  public synchronized void hide(String text) {
    Instant since = active.remove(text);
    if (since != null) {
      tell(new Notification(text, since, false));
    }
  }

  @GuardedBy("this")
  private void tell(Notification event) {
    for (Subscriber subscriber : subscribers) {
      sent.inc();
      if (!subscriber.offer(event)) {
        dropped.inc();
      }
    }
  }

  private synchronized List<Notification> now() {
    List<Notification> all = new ArrayList<>();
    active.forEach((text, since) -> all.add(new Notification(text, since, true)));
    return all;
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    routes.get(
        "/api/v1/notifications",
        ApiCalls.enveloped(
            _ ->
                HttpAnswer.json(
                    200,
                    ApiEnvelope.success(
                        json -> {
                          json.beginArray();
                          now().forEach(notification -> notification.write(json));
                          json.endArray();
                        }))));
    routes.get("/api/v1/notifications/live", this::live);
  }

  private HttpAnswer live(HttpCall call) {
    Optional<Subscriber> subscribed = subscribe();
    if (subscribed.isEmpty()) {
      return HttpAnswer.empty(204);
    }
    Subscriber subscriber = subscribed.get();
    call.onCancel(subscriber::end);
    return HttpAnswer.stream(200, "text/event-stream", out -> stream(subscriber, out))
        .header("cache-control", "no-cache");
  }

  private synchronized Optional<Subscriber> subscribe() {
    if (closed || subscribers.size() >= mostSubscribers) {
      return Optional.empty();
    }
    Subscriber subscriber = new Subscriber();
    subscribers.add(subscriber);
    now().forEach(subscriber::offer);
    return Optional.of(subscriber);
  }

  private void stream(Subscriber subscriber, OutputStream out) throws IOException {
    try {
      for (Optional<Notification> event = subscriber.events.take();
          event.isPresent();
          event = subscriber.events.take()) {
        JsonWriter json = new JsonWriter();
        event.get().write(json);
        out.write("data: ".getBytes(StandardCharsets.UTF_8));
        json.drainTo(out);
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        subscribers.remove(subscriber);
      }
    }
  }

  /// Ends all streams, and refuses new ones.
  @Override
  public synchronized void close() {
    closed = true;
    subscribers.forEach(Subscriber::end);
  }
}
