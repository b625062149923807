package io.oriel.federation.compact;

import java.util.List;

/// What a run came to.
///
/// @param worked whether this compactor had the lease; the other numbers are 0 when not
/// @param compactions merges done
/// @param downsamples blocks downsampled
/// @param failures what could not be done, one line each; the rest was done all the same
public record CompactorReport(
    boolean worked, int compactions, int downsamples, List<String> failures) {
  public CompactorReport {
    failures = List.copyOf(failures);
  }
}
