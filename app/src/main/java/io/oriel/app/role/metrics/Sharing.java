package io.oriel.app.role.metrics;

import io.oriel.app.process.Shipping;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.store.Facts;
import io.oriel.federation.store.FactsService;
import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.StoreService;
import io.oriel.federation.upload.Shipper;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.tsdb.Tsdb;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a metrics role does for other clusters, as a Thanos sidecar beside it would: StoreAPI over
/// its database, its rules, targets, metadata and exemplars, and the upload of finished blocks.
final class Sharing implements AutoCloseable {
  private final Closer closer = new Closer();
  private final @Nullable GrpcServer server;

  private Sharing(@Nullable GrpcServer server) {
    this.server = server;
    if (server != null) {
      closer.push(server);
    }
  }

  /// What others may ask for.
  record Shared(Tsdb tsdb, Facts facts) {}

  /// @param externalLabels of all series and blocks; may change with the config
  static Sharing start(
      SharingOptions options,
      Shared shared,
      Path data,
      Supplier<Labels> externalLabels,
      PrometheusRegistry registry)
      throws IOException {
    Sharing sharing =
        new Sharing(
            options.grpc().isEmpty()
                ? null
                : serve(options.grpc().get(), shared, externalLabels, registry));
    options
        .bucket()
        .ifPresent(
            bucket ->
                sharing.closer.push(
                    Shipping.start(
                        new Shipping.Setup(
                            bucket,
                            data,
                            externalLabels,
                            ThanosSection.SIDECAR,
                            Shipper.Compacted.ALL,
                            () -> "",
                            Shipping.INTERVAL,
                            early(options, shared.tsdb())),
                        registry)));
    return sharing;
  }

  private static Optional<Shipping.Early> early(SharingOptions options, Tsdb tsdb) {
    return options.early().isPositive()
        ? Optional.of(new Shipping.Early(tsdb.head(), options.early(), options.blockRange()))
        : Optional.empty();
  }

  private static GrpcServer serve(
      GrpcServerConfig config,
      Shared shared,
      Supplier<Labels> externalLabels,
      PrometheusRegistry registry)
      throws IOException {
    LocalStore store =
        new LocalStore(
            shared.tsdb(),
            new LocalStore.Description(
                "sidecar", externalLabels, shared.tsdb()::minTime, FactsService.names()));
    List<GrpcService> services = new ArrayList<>(StoreService.of(store));
    services.addAll(FactsService.of(shared.facts(), externalLabels));
    return GrpcServer.start(
        config, services, InstantSource.system(), GrpcMetrics.ofServer(registry));
  }

  /// Where StoreAPI is served, if it is.
  OptionalInt grpcPort() {
    return server == null ? OptionalInt.empty() : OptionalInt.of(server.port());
  }

  @Override
  public void close() {
    closer.close();
  }
}
