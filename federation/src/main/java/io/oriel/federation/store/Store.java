package io.oriel.federation.store;

import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import java.io.IOException;

/// A source of series. Thread-safe.
public interface Store {
  /// What it has now, cheaply.
  InfoResponse info() throws IOException;

  /// The series that satisfy the request, sorted by labels after the removal of replica labels; the
  /// caller closes the cursor. Series with equal labels may follow one another.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when nothing but external labels
  ///   is matched
  StoreCursor series(SeriesRequest request) throws IOException;

  /// Label names, or the values of one label, sorted, each once.
  LabelsResponse labels(LabelsRequest request) throws IOException;
}
