package io.oriel.federation.store;

import io.oriel.model.labels.Labels;
import java.util.EnumSet;

class LocalStoreTest implements StoreContract {
  @Override
  public Store store(TestSeries source, Labels external) {
    return local(source, external);
  }

  static LocalStore local(TestSeries source, Labels external) {
    return new LocalStore(
        source,
        new LocalStore.Description(
            "sidecar",
            () -> external,
            () -> 0,
            EnumSet.noneOf(io.oriel.wire.storeapi.InfoResponse.Service.class)));
  }
}
