package io.oriel.model.series;

import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.util.List;

/// One series within the range that was asked for. Valid until its {@link Querier} is closed.
/// Different series may be read on different threads at once; one series by one thread at a time.
public interface Series {
  /// Its identity.
  Labels labels();

  /// Appends the samples within the asked range to {@code into}, oldest first, each timestamp once.
  void read(SampleColumns into) throws IOException;

  /// The encoded chunks that overlap the asked range, by start time; they may overlap one another
  /// and may hold samples outside the range.
  List<EncodedChunk> chunks() throws IOException;
}
