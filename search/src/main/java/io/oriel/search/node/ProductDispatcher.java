package io.oriel.search.node;

import java.util.Map;
import java.util.Optional;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.rest.RestChannel;
import org.opensearch.rest.RestHandler;
import org.opensearch.rest.RestRequest;

/// Has every reply say what product it is from: Elasticsearch's own clients from 7.14 on, and
/// Logstash, turn away without this header.
final class ProductDispatcher implements HttpServerTransport.Dispatcher {
  private static final String NAME = "X-Elastic-Product";
  private static final String PRODUCT = "Elasticsearch";

  private final HttpServerTransport.Dispatcher dispatcher;
  private final ThreadContext context;

  ProductDispatcher(HttpServerTransport.Dispatcher dispatcher, ThreadContext context) {
    this.dispatcher = dispatcher;
    this.context = context;
  }

  @Override
  public Optional<RestHandler> dispatchHandler(
      String uri, String rawPath, RestRequest.Method method, Map<String, String> params) {
    return dispatcher.dispatchHandler(uri, rawPath, method, params);
  }

  @Override
  public void dispatchRequest(RestRequest request, RestChannel channel, ThreadContext thread) {
    context.addResponseHeader(NAME, PRODUCT);
    dispatcher.dispatchRequest(request, channel, thread);
  }

  @Override
  public void dispatchBadRequest(RestChannel channel, ThreadContext thread, Throwable cause) {
    context.addResponseHeader(NAME, PRODUCT);
    dispatcher.dispatchBadRequest(channel, thread, cause);
  }
}
