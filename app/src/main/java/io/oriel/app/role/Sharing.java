package io.oriel.app.role;

import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.StoreService;
import io.oriel.federation.upload.Shipper;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.tsdb.Tsdb;
import io.oriel.wire.storeapi.InfoResponse;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a metrics role does for other clusters, as a Thanos sidecar beside it would: StoreAPI over
/// its database, and the upload of finished blocks.
final class Sharing implements AutoCloseable {
  private final Closer closer = new Closer();
  private final @Nullable GrpcServer server;

  private Sharing(@Nullable GrpcServer server) {
    this.server = server;
    if (server != null) {
      closer.push(server);
    }
  }

  /// @param externalLabels of all series and blocks; may change with the config
  static Sharing start(
      SharingOptions options,
      Tsdb tsdb,
      Path data,
      Supplier<Labels> externalLabels,
      PrometheusRegistry registry)
      throws IOException {
    Sharing sharing =
        new Sharing(
            options.grpc().isEmpty()
                ? null
                : serve(options.grpc().get(), tsdb, externalLabels, registry));
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
                            early(options, tsdb)),
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
      Tsdb tsdb,
      Supplier<Labels> externalLabels,
      PrometheusRegistry registry)
      throws IOException {
    LocalStore store =
        new LocalStore(
            tsdb,
            new LocalStore.Description(
                "sidecar",
                externalLabels,
                tsdb::minTime,
                EnumSet.noneOf(InfoResponse.Service.class)));
    return GrpcServer.start(
        config, StoreService.of(store), InstantSource.system(), GrpcMetrics.ofServer(registry));
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
