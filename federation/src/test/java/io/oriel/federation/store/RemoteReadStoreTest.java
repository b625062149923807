package io.oriel.federation.store;

import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.lifecycle.Closer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class RemoteReadStoreTest implements StoreContract {
  private final Closer closer = new Closer();

  @AfterEach
  void close() {
    closer.close();
  }

  @Override
  public Store store(TestSeries source, Labels external) throws IOException {
    HttpServer server =
        closer.push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                new FakePrometheus(source, external).routes(),
                new HttpServerMetrics("prometheus", new PrometheusRegistry())));
    HttpClient client = closer.push(HttpClient.create(HttpClientConfig.standard(), "oriel-test"));
    PrometheusClient prometheus =
        new PrometheusClient(
            client, URI.create("http://127.0.0.1:" + server.port()), Duration.ofSeconds(20));
    return new RemoteReadStore(prometheus, () -> external, () -> 0);
  }
}
