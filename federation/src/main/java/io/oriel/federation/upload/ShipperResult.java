package io.oriel.federation.upload;

import io.oriel.tsdb.block.Ulid;
import java.util.List;

/// What one look at the data directory came to.
///
/// @param uploaded blocks that are in the bucket since
/// @param corrupted blocks that are damaged and were passed over
/// @param pending blocks still to be uploaded
/// @param failures why, one for each that was tried
public record ShipperResult(
    List<Ulid> uploaded, List<Ulid> corrupted, List<Ulid> pending, List<String> failures) {
  public ShipperResult {
    uploaded = List.copyOf(uploaded);
    corrupted = List.copyOf(corrupted);
    pending = List.copyOf(pending);
    failures = List.copyOf(failures);
  }

  /// Whether everything that is whole is in the bucket.
  public boolean isDone() {
    return pending.isEmpty() && failures.isEmpty();
  }
}
