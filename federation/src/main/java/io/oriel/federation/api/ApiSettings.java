package io.oriel.federation.api;

import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.query.StoreSelector;
import io.oriel.wire.storeapi.PartialResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What holds when a request does not say otherwise.
///
/// @param replicaLabels `--query.replica-label`
/// @param deduplication `--deduplication.func`
/// @param partialResponse `--query.partial-response`
/// @param autoDownsampling `--query.auto-downsampling`: resolution follows the step
/// @param timeout `--query.timeout`
/// @param lookback `--query.lookback-delta`
/// @param selector `--selector.relabel-config`: whose series count; rules, targets and the like
///   come from all
/// @param tenancy none unless every query is confined to the tenant it comes from
public record ApiSettings(
    List<String> replicaLabels,
    Deduplication deduplication,
    PartialResponse partialResponse,
    boolean autoDownsampling,
    Duration timeout,
    Duration lookback,
    StoreSelector selector,
    Optional<Tenancy> tenancy) {
  /// Who a request is for.
  ///
  /// @param header `--query.tenant-header`
  /// @param defaultTenant for requests without the header
  /// @param label `--query.tenant-label-name`
  public record Tenancy(String header, String defaultTenant, String label) {}

  public ApiSettings {
    replicaLabels = List.copyOf(replicaLabels);
  }

  /// Thanos' defaults.
  public static ApiSettings standard(List<String> replicaLabels) {
    return new ApiSettings(
        replicaLabels,
        Deduplication.PENALTY,
        PartialResponse.WARN,
        false,
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        StoreSelector.everything(),
        Optional.empty());
  }
}
