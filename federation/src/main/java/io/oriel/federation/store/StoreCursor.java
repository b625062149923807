package io.oriel.federation.store;

import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Walks over the series of an answer once. For one thread at a time.
public interface StoreCursor extends AutoCloseable {
  /// The next series or part of one, or null after the last. Its chunks are valid until the cursor
  /// is closed.
  @Nullable StoreSeries next() throws IOException;

  /// What is missing; complete once {@link #next} has returned null.
  List<String> warnings();

  @Override
  void close();

  /// A cursor over series that are here already.
  static StoreCursor of(List<StoreSeries> series, List<String> warnings) {
    Iterator<StoreSeries> all = series.iterator();
    return new StoreCursor() {
      @Override
      public @Nullable StoreSeries next() {
        return all.hasNext() ? all.next() : null;
      }

      @Override
      public List<String> warnings() {
        return warnings;
      }

      @Override
      public void close() {
        // nothing is held
      }
    };
  }
}
