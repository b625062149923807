package io.oriel.metrics.api;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpHandler;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiError;
import java.io.IOException;

/// Puts failures of handlers into the envelope, in one place.
final class ApiCalls {
  private ApiCalls() {}

  /// {@code handler} with its failures answered in the API's own shape.
  static HttpHandler enveloped(HttpHandler handler) {
    return call -> {
      try {
        return handler.handle(call);
      } catch (OrielException e) {
        return failure(ApiError.of(e.kind()), e.reason());
      } catch (IOException e) {
        return failure(ApiError.INTERNAL, String.valueOf(e.getMessage()));
      }
    };
  }

  static HttpAnswer failure(ApiError error, String message) {
    return HttpAnswer.json(error.httpStatus(), ApiEnvelope.error(error, message));
  }
}
