package io.oriel.traces.spanmetrics;

import io.oriel.model.error.OrielException;
import io.oriel.model.trace.SpanKind;
import java.util.List;

/// Whose numbers, of when.
///
/// @param kinds of spans; none for servers
/// @param grouping what gets a series of its own
public record PerformanceQuery(
    List<String> services, List<SpanKind> kinds, Grouping grouping, Steps steps) {
  private static final int MAX_STEPS = 11_000;
  private static final int MAX_SERVICES = 100;

  /// What gets a series of its own.
  public enum Grouping {
    SERVICE,
    OPERATION
  }

  /// The points wanted, all in milliseconds.
  ///
  /// @param end the last point
  /// @param lookback how long before it the first one is
  /// @param step between two points
  /// @param ratePer the time before each point over which a rate is taken
  public record Steps(long end, long lookback, long step, long ratePer) {
    public Steps {
      if (step <= 0 || lookback <= 0 || ratePer <= 0 || end < 0) {
        throw OrielException.invalid(
            "step, lookback, ratePer: got "
                + step
                + ", "
                + lookback
                + ", "
                + ratePer
                + " ms, want more than 0");
      }
      if (lookback / step + ratePer / step > MAX_STEPS) {
        throw OrielException.invalid(
            "step: got "
                + step
                + " ms for "
                + lookback
                + " ms, want at most "
                + MAX_STEPS
                + " steps");
      }
    }
  }

  public PerformanceQuery {
    services = List.copyOf(services);
    kinds = kinds.isEmpty() ? List.of(SpanKind.SERVER) : List.copyOf(kinds);
    if (services.isEmpty() || services.size() > MAX_SERVICES) {
      throw OrielException.invalid(
          "service: got " + services.size() + ", want 1 to " + MAX_SERVICES);
    }
  }
}
