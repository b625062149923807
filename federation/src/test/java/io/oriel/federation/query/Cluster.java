package io.oriel.federation.query;

import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.StoreService;
import io.oriel.federation.store.TestSeries;
import io.oriel.model.labels.Labels;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// A cluster in small: two replicas in memory and a local query over them, served over gRPC.
final class Cluster implements AutoCloseable {
  static final QueryEngine ENGINE =
      new QueryEngine(EngineOptions.DEFAULT, new Workers(Runnable::run, 1), System::nanoTime);

  final TestSeries first = new TestSeries();
  final TestSeries second = new TestSeries();
  private final GrpcServer server;

  Cluster(String name) throws IOException {
    List<Endpoint> replicas = List.of(replica(name, "a", first), replica(name, "b", second));
    List<GrpcService> services =
        new ArrayList<>(
            StoreService.of(new FanOut(() -> replicas, QueryScope.standard(List.of("replica")))));
    services.add(QueryService.of(ENGINE, () -> replicas));
    server =
        GrpcServer.start(
            GrpcServerConfig.plain("127.0.0.1:0"),
            services,
            InstantSource.system(),
            GrpcMetrics.ofServer(new PrometheusRegistry()));
  }

  private static Endpoint replica(String cluster, String name, TestSeries series) {
    LocalStore store =
        new LocalStore(
            series,
            new LocalStore.Description(
                "sidecar",
                () -> Labels.of("cluster", cluster, "replica", name),
                () -> 0,
                EnumSet.noneOf(io.oriel.wire.storeapi.InfoResponse.Service.class)));
    return Endpoint.up(name, store, store.info());
  }

  String address() {
    return "127.0.0.1:" + server.port();
  }

  /// Adds a sample as both replicas would have it.
  void add(Labels labels, long millis, double value) {
    first.add(labels, millis, value);
    second.add(labels, millis + 700, value);
  }

  @Override
  public void close() {
    server.close();
  }
}
