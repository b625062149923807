package io.oriel.search.node;

import org.opensearch.common.network.NetworkService;
import org.opensearch.common.settings.ClusterSettings;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.util.BigArrays;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.http.HttpChannel;
import org.opensearch.http.HttpRequest;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.http.netty4.Netty4HttpServerTransport;
import org.opensearch.telemetry.tracing.Tracer;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.SharedGroupFactory;

/// The engine's HTTP server; turns what only Elasticsearch understands into what OpenSearch does
/// before anything else looks at a request.
final class ElasticTransport extends Netty4HttpServerTransport {
  ElasticTransport(
      Settings settings,
      NetworkService networkService,
      BigArrays bigArrays,
      ThreadPool threadPool,
      NamedXContentRegistry xContentRegistry,
      HttpServerTransport.Dispatcher dispatcher,
      ClusterSettings clusterSettings,
      SharedGroupFactory sharedGroupFactory,
      Tracer tracer) {
    super(
        settings,
        networkService,
        bigArrays,
        threadPool,
        xContentRegistry,
        dispatcher,
        clusterSettings,
        sharedGroupFactory,
        tracer);
  }

  @Override
  public void incomingRequest(HttpRequest request, HttpChannel channel) {
    super.incomingRequest(ElasticRequest.of(request), channel);
  }
}
