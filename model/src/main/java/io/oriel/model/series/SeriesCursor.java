package io.oriel.model.series;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Walks over series once, forward. Not thread-safe; the series it hands out may be read on other
/// threads.
public interface SeriesCursor extends AutoCloseable {
  /// The next series, or null after the last.
  @Nullable Series next() throws IOException;

  /// What went wrong without stopping the answer; complete once {@link #next} has returned null.
  List<Warning> warnings();

  @Override
  void close();
}
