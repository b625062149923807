package io.oriel.runtime.http;

/// Answers one request; runs on a virtual thread of its own and may block.
@FunctionalInterface
public interface HttpHandler {
  /// Answers {@code call}. An `OrielException` becomes the status of its kind; anything else a 500.
  HttpAnswer handle(HttpCall call) throws Exception;
}
