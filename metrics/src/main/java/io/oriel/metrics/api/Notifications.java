package io.oriel.metrics.api;

import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// What an operator should know now: `notifications`. Thread-safe.
///
/// Live subscriptions are not offered: `notifications/live` answers as upstream does when it has
/// too many of them, and clients poll instead.
public final class Notifications {
  /** Shown from a refused reload until an accepted one. */
  public static final String RELOAD_FAILED = "Configuration reload has failed.";

  /** Shown until the storage is open. */
  public static final String STARTING =
      "Prometheus is starting and replaying the write-ahead log (WAL).";

  /** Shown from the first moment of the end. */
  public static final String STOPPING =
      "Prometheus is shutting down and gracefully stopping all operations.";

  private final InstantSource clock;
  private final Map<String, Instant> active = new ConcurrentSkipListMap<>();

  public Notifications(InstantSource clock) {
    this.clock = clock;
  }

  /// Shows {@code text} from now on.
  public void show(String text) {
    active.putIfAbsent(text, clock.instant());
  }

  /// Shows {@code text} no longer.
  public void hide(String text) {
    active.remove(text);
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
                          active.forEach(
                              (text, since) ->
                                  json.beginObject()
                                      .name("text")
                                      .string(text)
                                      .name("date")
                                      .string(since.toString())
                                      .name("active")
                                      .bool(true)
                                      .endObject());
                          json.endArray();
                        }))));
    routes.get("/api/v1/notifications/live", _ -> HttpAnswer.empty(204));
  }
}
