package io.oriel.wire.promapi;

import io.oriel.model.error.OrielException;

/// The times of a range query, from the parameters `start`, `end` and `step`.
///
/// @param startMillis first step, Unix milliseconds
/// @param endMillis no step is later, Unix milliseconds
/// @param stepMillis more than zero
public record RangeParams(long startMillis, long endMillis, long stepMillis) {
  private static final int MAX_POINTS = 11_000;

  /// Reads them.
  ///
  /// @throws OrielException of kind INVALID, in upstream's words, when they are missing, contradict
  ///   each other, or mean more than 11,000 steps
  public static RangeParams of(ApiParams.Source call) {
    long start = ApiParams.requiredTime(call, "start");
    long end = ApiParams.requiredTime(call, "end");
    if (end < start) {
      throw ApiParams.bad("end", "end timestamp must not be before start time");
    }
    if (call.param("step").isEmpty()) {
      throw ApiParams.bad("step", "cannot parse \"\" to a valid duration");
    }
    long step = ApiParams.duration(call, "step", 0);
    if (step <= 0) {
      throw ApiParams.bad(
          "step",
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    if ((end - start) / step > MAX_POINTS) {
      throw OrielException.invalid(
          "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query"
              + " resolution (?step=XX)");
    }
    return new RangeParams(start, end, step);
  }
}
