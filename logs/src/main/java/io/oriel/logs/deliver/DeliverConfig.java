package io.oriel.logs.deliver;

import io.oriel.model.error.OrielException;
import io.oriel.wire.compress.Compression;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Where events go, and in what pieces.
///
/// @param hosts with scheme, and a path before `/_bulk` if there is one
/// @param loadBalance whether all hosts are used, or one until it fails
/// @param workers of which each sends one request at a time
public record DeliverConfig(
    List<URI> hosts,
    boolean loadBalance,
    int workers,
    Batch batch,
    Packing packing,
    Retry retry,
    Map<String, String> parameters) {
  public DeliverConfig {
    hosts = List.copyOf(hosts);
    parameters = Map.copyOf(parameters);
    if (hosts.isEmpty()) {
      throw OrielException.invalid("hosts: got none, want at least one");
    }
    if (workers < 1) {
      throw OrielException.invalid("worker: got " + workers + ", want at least 1");
    }
  }

  /// @param events most of one request
  /// @param bytes most of one request before it is compressed, unless one event alone is larger
  /// @param patience how long a request waits to become full
  public record Batch(int events, int bytes, Duration patience) {
    public Batch {
      if (events < 1 || bytes < 1) {
        throw OrielException.invalid("bulk_max_size: got " + events + ", want at least 1");
      }
    }
  }

  /// @param level of the compression; what it means depends on which
  public record Packing(Compression compression, int level) {}

  /// @param timeout for one request
  /// @param first and longest pause between attempts, of which there is no last
  public record Retry(Duration timeout, Duration first, Duration longest) {}

  /// Filebeat's defaults for these hosts, one worker.
  public static DeliverConfig to(List<URI> hosts) {
    return new DeliverConfig(
        hosts,
        true,
        1,
        new Batch(1600, 5 << 20, Duration.ofMillis(200)),
        new Packing(Compression.GZIP, 1),
        new Retry(Duration.ofSeconds(90), Duration.ofSeconds(1), Duration.ofSeconds(60)),
        Map.of());
  }

  public DeliverConfig withWorkers(int count) {
    return new DeliverConfig(hosts, loadBalance, count, batch, packing, retry, parameters);
  }

  public DeliverConfig withBatch(Batch other) {
    return new DeliverConfig(hosts, loadBalance, workers, other, packing, retry, parameters);
  }

  public DeliverConfig withPacking(Packing other) {
    return new DeliverConfig(hosts, loadBalance, workers, batch, other, retry, parameters);
  }

  public DeliverConfig withRetry(Retry other) {
    return new DeliverConfig(hosts, loadBalance, workers, batch, packing, other, parameters);
  }
}
