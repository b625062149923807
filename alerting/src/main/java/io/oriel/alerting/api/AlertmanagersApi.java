package io.oriel.alerting.api;

import io.oriel.alerting.sender.AlertmanagerTarget;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import java.util.List;
import java.util.function.Supplier;

/// `/api/v1/alertmanagers`: where alerts go. Thread-safe.
public final class AlertmanagersApi {
  private final Supplier<List<AlertmanagerTarget>> targets;

  /// @param targets the Alertmanagers as discovery knows them now
  public AlertmanagersApi(Supplier<List<AlertmanagerTarget>> targets) {
    this.targets = targets;
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.get(
        "/api/v1/alertmanagers",
        _ ->
            HttpAnswer.json(
                200,
                ApiEnvelope.success(
                    json -> {
                      json.beginObject().name("activeAlertmanagers").beginArray();
                      for (AlertmanagerTarget target : targets.get()) {
                        json.beginObject().name("url").string(target.url().toString()).endObject();
                      }
                      json.endArray().name("droppedAlertmanagers").beginArray().endArray();
                      json.endObject();
                    })));
  }
}
