package io.oriel.federation.store;

import io.oriel.model.labels.Labels;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/// The gRPC client, and with it the service.
class GrpcStoreTest implements StoreContract {
  private final Closer closer = new Closer();

  @AfterEach
  void close() {
    closer.close();
  }

  @Override
  public Store store(TestSeries source, Labels external) throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    GrpcServer server =
        GrpcServer.start(
            GrpcServerConfig.plain("127.0.0.1:0"),
            StoreService.of(LocalStoreTest.local(source, external)),
            InstantSource.system(),
            GrpcMetrics.ofServer(registry));
    closer.push(server);
    GrpcClient client =
        GrpcClient.create(
            new GrpcClientConfig(
                "127.0.0.1:" + server.port(),
                Optional.empty(),
                GrpcClientConfig.Compression.SNAPPY,
                Integer.MAX_VALUE),
            GrpcMetrics.ofClient(registry));
    closer.push(client);
    return new GrpcStore(client, Duration.ofSeconds(20));
  }
}
