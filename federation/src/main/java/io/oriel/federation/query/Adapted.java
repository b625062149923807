package io.oriel.federation.query;

import io.oriel.federation.store.StoreCursor;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Does for a store what it says it cannot do: sharding, and removing replica labels without losing
/// the order.
final class Adapted {
  private Adapted() {}

  static StoreCursor series(Endpoint endpoint, SeriesRequest request) throws IOException {
    boolean removes =
        request.withoutReplicaLabels().isEmpty()
            || store(endpoint, InfoResponse.StoreInfo::withoutReplicaLabels);
    boolean shards =
        !request.shard().isSharded() || store(endpoint, InfoResponse.StoreInfo::sharding);
    if (removes && shards) {
      return endpoint.store().series(request);
    }
    List<StoreSeries> all = new ArrayList<>();
    try (StoreCursor cursor = endpoint.store().series(request)) {
      for (StoreSeries each = cursor.next(); each != null; each = cursor.next()) {
        StoreSeries shown =
            new StoreSeries(each.labels().without(request.withoutReplicaLabels()), each.chunks());
        if (request.shard().takes(shown.labels())) {
          all.add(shown);
        }
      }
      all.sort(Comparator.comparing(StoreSeries::labels));
      return StoreCursor.of(all, cursor.warnings());
    }
  }

  private interface Ability {
    boolean has(InfoResponse.StoreInfo store);
  }

  private static boolean store(Endpoint endpoint, Ability ability) {
    return endpoint.info().flatMap(InfoResponse::store).map(ability::has).orElse(true);
  }
}
