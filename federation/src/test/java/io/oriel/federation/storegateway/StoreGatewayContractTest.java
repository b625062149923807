package io.oriel.federation.storegateway;

import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreContract;
import io.oriel.federation.store.TestSeries;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.runtime.lifecycle.Closer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// The gateway does what every store does.
class StoreGatewayContractTest implements StoreContract {
  @TempDir private Path directory;
  private final Closer closer = new Closer();

  @AfterEach
  void close() {
    closer.close();
  }

  @Override
  public Store store(TestSeries source, Labels external) throws IOException {
    Shelf shelf = new Shelf(directory);
    TreeMap<Labels, SampleColumns> series = new TreeMap<>();
    try (Querier querier = source.querier(Long.MIN_VALUE, Long.MAX_VALUE);
        SeriesCursor cursor =
            querier.select(SelectHints.range(Long.MIN_VALUE, Long.MAX_VALUE), List.of())) {
      for (Series one = cursor.next(); one != null; one = cursor.next()) {
        SampleColumns rows = new SampleColumns();
        one.read(rows);
        series.put(one.labels(), rows);
      }
    }
    shelf.put(external, 0, 1_000_001, series);
    return closer.push(shelf.gateway());
  }
}
