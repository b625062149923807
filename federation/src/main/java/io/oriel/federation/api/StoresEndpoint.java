package io.oriel.federation.api;

import io.oriel.federation.query.Endpoint;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.storeapi.InfoResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// `stores`: the endpoints by kind, how they are and what they have.
final class StoresEndpoint {
  private final Supplier<List<Endpoint>> endpoints;

  StoresEndpoint(Supplier<List<Endpoint>> endpoints) {
    this.endpoints = endpoints;
  }

  void addTo(Routes routes) {
    routes.get("/api/v1/stores", Envelopes.of(_ -> stores()));
  }

  private HttpAnswer stores() {
    Map<String, List<Endpoint>> kinds = new TreeMap<>();
    for (Endpoint endpoint : endpoints.get()) {
      String kind = endpoint.info().map(InfoResponse::component).orElse("unknown");
      kinds.computeIfAbsent(kind, _ -> new ArrayList<>()).add(endpoint);
    }
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginObject();
              kinds.forEach(
                  (kind, of) -> {
                    json.name(kind).beginArray();
                    of.forEach(endpoint -> write(json, endpoint));
                    json.endArray();
                  });
              json.endObject();
            }));
  }

  private static void write(JsonWriter json, Endpoint endpoint) {
    json.beginObject().name("name").string(endpoint.address());
    json.name("lastCheck").string(endpoint.lastCheck().toString()).name("lastError");
    if (endpoint.lastError().isPresent()) {
      json.string(endpoint.lastError().get());
    } else {
      json.nothing();
    }
    json.name("labelSets").beginArray();
    for (Labels labels : endpoint.labelSets()) {
      json.labels(labels);
    }
    json.endArray();
    InfoResponse.StoreInfo store =
        endpoint
            .info()
            .flatMap(InfoResponse::store)
            .orElse(new InfoResponse.StoreInfo(0, 0, false, false, List.of()));
    json.name("minTime").number(store.minMillis()).name("maxTime").number(store.maxMillis());
    json.endObject();
  }
}
