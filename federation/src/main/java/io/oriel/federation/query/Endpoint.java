package io.oriel.federation.query;

import io.oriel.federation.store.Store;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.wire.storeapi.InfoResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One store as it was when last asked how it is. Immutable.
///
/// @param address how it is called, for people and for `storeMatch`
/// @param client for its other services; empty when it is in this process
/// @param info what it said last; empty when it never answered
/// @param lastError why it does not answer; empty while it does
/// @param lastCheck when it was last asked
public record Endpoint(
    String address,
    Store store,
    Optional<GrpcClient> client,
    Optional<InfoResponse> info,
    Optional<String> lastError,
    Instant lastCheck) {
  /// A store that answers.
  public static Endpoint up(String address, Store store, InfoResponse info) {
    return new Endpoint(
        address, store, Optional.empty(), Optional.of(info), Optional.empty(), Instant.EPOCH);
  }

  public boolean isUp() {
    return lastError.isEmpty() && info.isPresent();
  }

  /// Its external labels, as far as they are known.
  public List<Labels> labelSets() {
    return info.map(InfoResponse::labelSets).orElse(List.of());
  }

  /// Whether it serves {@code service}, as far as is known.
  public boolean serves(InfoResponse.Service service) {
    return info.map(known -> known.services().contains(service)).orElse(false);
  }

  /// How it is named in a warning.
  public String describe() {
    return labelSets().isEmpty() ? address : address + " " + labelSets();
  }
}
