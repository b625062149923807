package io.oriel.app.role.collect;

import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.dns.EndpointAddresses;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.traces.peer.Peers;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a collector finds the others of its cluster, to share the work with them.
///
/// @param self own address of OTLP over gRPC, as the others find it
/// @param named addresses of all, as {@link EndpointAddresses} reads them
/// @param tls of calls to them
public record CollectPeering(String self, List<String> named, Optional<TlsConfig> tls) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REST = Duration.ofSeconds(30);

  public CollectPeering {
    named = List.copyOf(named);
  }

  /// The peers as they are found now.
  Peers open(PrometheusRegistry registry) {
    GrpcMetrics metrics = GrpcMetrics.ofClient(registry);
    Peers peers =
        new Peers(
            new Peers.Options(
                self,
                () -> {
                  List<String> found = new ArrayList<>();
                  for (String name : named) {
                    found.addAll(EndpointAddresses.resolve(name, DnsResolver.system()));
                  }
                  return found;
                },
                address ->
                    GrpcClient.create(
                        new GrpcClientConfig(
                            address,
                            tls,
                            GrpcClientConfig.Compression.SNAPPY,
                            GrpcClientConfig.plain(address).maxMessageBytes()),
                        metrics),
                TIMEOUT,
                REST),
            System::nanoTime);
    peers.refresh();
    return peers;
  }
}
