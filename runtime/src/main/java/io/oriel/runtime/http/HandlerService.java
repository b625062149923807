package io.oriel.runtime.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One route as the transport sees it: collects the request, then leaves the event loop for a
/// virtual thread.
final class HandlerService implements HttpService {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  private final Routes.Route route;
  private final String prefix;
  private final Gate gate;
  private final HttpServerMetrics metrics;
  private final ExecutorService handlers;

  HandlerService(
      Routes.Route route,
      String prefix,
      Gate gate,
      HttpServerMetrics metrics,
      ExecutorService handlers) {
    this.route = route;
    this.prefix = prefix;
    this.gate = gate;
    this.metrics = metrics;
    this.handlers = handlers;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    String whole = context.decodedPath();
    String path = whole.startsWith(prefix) ? whole.substring(prefix.length()) : whole;
    if (route.streamed()) {
      RequestStream body = new RequestStream();
      request.subscribe(body, context.eventLoop());
      handlers.execute(
          () -> {
            try (body) {
              answer(
                  context,
                  request,
                  () -> new HttpCall(context, request.headers(), body, path),
                  response);
            }
          });
    } else {
      CompletableFuture<AggregatedHttpRequest> body = request.aggregate();
      handlers.execute(
          () -> answer(context, request, () -> new HttpCall(context, body.get(), path), response));
    }
    return HttpResponse.of(response);
  }

  /// Makes the call; waits for the body where it is wanted whole.
  private interface CallMaker {
    HttpCall make() throws ExecutionException, InterruptedException;
  }

  private void answer(
      ServiceRequestContext context,
      HttpRequest request,
      CallMaker maker,
      CompletableFuture<HttpResponse> response) {
    long start = System.nanoTime();
    HttpAnswer answer = handle(context, request, maker);
    metrics.count(route.path(), answer, System.nanoTime() - start);
    ResponseHeadersBuilder headers = ResponseHeaders.builder(answer.status());
    gate.answerHeaders(request.headers()).forEach(headers::set);
    answer.headers().forEach(headers::set);
    HttpAnswer.BodyWriter writer = answer.writer();
    if (writer == null) {
      headers.contentLength(answer.body().length);
      boolean head = request.method() == HttpMethod.HEAD || answer.body().length == 0;
      response.complete(
          head
              ? HttpResponse.of(headers.build())
              : HttpResponse.of(headers.build(), HttpData.wrap(answer.body())));
      return;
    }
    HttpResponseWriter stream = HttpResponse.streaming();
    response.complete(stream);
    stream.write(headers.build());
    try (ResponseStream out = new ResponseStream(stream)) {
      writer.write(out);
    } catch (IOException | RuntimeException e) {
      LOG.atDebug().setCause(e).addKeyValue("handler", route.path()).log("answer broken off");
      stream.close(e);
    }
  }

  private HttpAnswer handle(ServiceRequestContext context, HttpRequest request, CallMaker maker) {
    Optional<String> refusal = gate.refusal(context.sslSession());
    if (refusal.isPresent()) {
      CompletableFuture<Void> _ = context.initiateConnectionShutdown();
      return HttpAnswer.text(401, refusal.get() + "\n");
    }
    if (request.method() == HttpMethod.OPTIONS) {
      return HttpAnswer.empty(204);
    }
    if (!gate.admits(request.headers())) {
      return HttpAnswer.text(401, "Unauthorized\n").header("www-authenticate", "Basic");
    }
    try {
      return route.handler().handle(maker.make());
    } catch (OrielException e) {
      HttpAnswer answer = HttpAnswer.text(e.kind().httpStatus(), e.reason() + "\n");
      return e instanceof RetryLater later
          ? answer.header("retry-after", Long.toString(later.retryAfterSeconds()))
          : answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HttpAnswer.text(503, "shutting down\n");
    } catch (ExecutionException e) {
      return broken(e);
    } catch (Exception e) {
      if (hasCause(e, ContentTooLargeException.class)
          || hasCause(e, ClosedSessionException.class)
          || hasCause(e, ClosedStreamException.class)) {
        return broken(e);
      }
      LOG.atError().setCause(e).addKeyValue("handler", route.path()).log("request failed");
      return HttpAnswer.text(500, "internal error: " + e.getMessage() + "\n");
    }
  }

  private static HttpAnswer broken(Exception failure) {
    return hasCause(failure, ContentTooLargeException.class)
        ? HttpAnswer.text(413, "request body too large\n")
        : HttpAnswer.text(400, "request broken off\n");
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return true;
      }
    }
    return false;
  }
}
