package io.oriel.metrics.api;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// What the HTTP API offers, for generators of clients: `openapi.yaml`. Tests compare the document
/// with the routes there are, and with upstream's. Thread-safe.
public final class OpenApi {
  /// The document, OpenAPI 3.1.
  public static String yaml() throws IOException {
    try (InputStream in = OpenApi.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw OrielException.bug("openapi.yaml is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.get(
        "/api/v1/openapi.yaml",
        _ ->
            HttpAnswer.of(
                    200, "application/yaml; charset=utf-8", yaml().getBytes(StandardCharsets.UTF_8))
                .header("cache-control", "no-cache, no-store, must-revalidate"));
  }
}
