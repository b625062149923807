package io.oriel.traces.assemble;

import io.oriel.model.trace.TraceId;
import java.util.List;

/// What a list of traces shows of one.
///
/// @param services by name
public record TraceSummary(
    TraceId id, Root root, Extent extent, Counts counts, List<OfService> services) {
  /// The span that began it; empty texts when it is missing.
  public record Root(String service, String operation) {}

  /// From the start of the earliest span to the end of the latest, in Unix nanoseconds.
  public record Extent(long startNanos, long endNanos) {}

  /// How many spans there are, with status ERROR, and with a parent that is not in the trace.
  public record Counts(int spans, int errors, int orphans) {}

  /// The share of a service.
  public record OfService(String name, int spans, int errors) {}

  public TraceSummary {
    services = List.copyOf(services);
  }
}
