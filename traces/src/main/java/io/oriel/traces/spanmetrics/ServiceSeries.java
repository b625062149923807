package io.oriel.traces.spanmetrics;

import java.util.List;

/// Numbers of one service, or of one of its operations, over time.
///
/// @param operation empty for all of them
public record ServiceSeries(String service, String operation, List<Point> points) {
  /// One of them.
  ///
  /// @param millis the end of the step, Unix milliseconds
  /// @param value NaN when there was nothing to compute it from
  public record Point(long millis, double value) {}

  public ServiceSeries {
    points = List.copyOf(points);
  }
}
