package io.oriel.federation.compact;

import java.util.List;

/// What a run came to.
///
/// @param worked whether this compactor had the lease; the other numbers are 0 when not
/// @param compactions merges done
/// @param downsamples blocks that were made by downsampling
/// @param marked blocks marked for deletion: sources of merges, duplicates, expired ones
/// @param setAside blocks marked as not to be merged or downsampled, as they are damaged or cannot
///   be
/// @param deleted blocks and aborted uploads that are gone
/// @param failures what could not be done, one line each; the rest was done all the same
public record CompactorReport(
    boolean worked,
    int compactions,
    int downsamples,
    int marked,
    int setAside,
    int deleted,
    List<String> failures) {
  public CompactorReport {
    failures = List.copyOf(failures);
  }

  /// Of a run that did not happen, because another compactor has the bucket.
  static CompactorReport refused() {
    return new CompactorReport(false, 0, 0, 0, 0, 0, List.of());
  }

  /// Whether all there was to do is done.
  public boolean isDone() {
    return worked && failures.isEmpty();
  }
}
