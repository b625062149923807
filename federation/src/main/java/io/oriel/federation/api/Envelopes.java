package io.oriel.federation.api;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpHandler;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiError;
import java.io.IOException;

/// Puts failures of handlers into the envelope, in one place.
final class Envelopes {
  /// A handler whose work may be interrupted.
  interface Handler {
    HttpAnswer handle(HttpCall call) throws IOException, InterruptedException;
  }

  private Envelopes() {}

  static HttpHandler of(Handler handler) {
    return call -> {
      try {
        return handler.handle(call);
      } catch (OrielException e) {
        return failure(ApiError.of(e.kind()), e.reason());
      } catch (IOException e) {
        return failure(ApiError.INTERNAL, String.valueOf(e.getMessage()));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return failure(ApiError.CANCELED, "interrupted");
      }
    };
  }

  static HttpAnswer failure(ApiError error, String message) {
    return HttpAnswer.json(error.httpStatus(), ApiEnvelope.error(error, message));
  }
}
