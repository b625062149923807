package io.oriel.app.flag;

import io.oriel.app.process.SelfTracing;
import picocli.CommandLine.Option;

/// The `--tracing.*` flags: spans of a role's own work.
public final class TracingFlags {
  @Option(
      names = "--tracing.endpoint",
      paramLabel = "URL",
      description =
          "Send spans of this role's own work there, as OTLP over HTTP, such as"
              + " http://127.0.0.1:4318 of a collector; nowhere unless given.")
  private String endpoint = "";

  @Option(
      names = "--tracing.ratio",
      paramLabel = "P",
      description = "The share of traces that begin here and are recorded, above 0 and up to 1.")
  private double ratio = 0.1;

  /// Where spans go, if anywhere.
  public SelfTracing tracing() {
    return new SelfTracing(endpoint, ratio);
  }
}
