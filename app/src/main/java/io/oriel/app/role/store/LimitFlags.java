package io.oriel.app.role.store;

import io.oriel.federation.storegateway.GatewayOptions;
import io.oriel.runtime.config.ByteSize;
import picocli.CommandLine.Option;

/// Flags that say what one request to a store may take.
final class LimitFlags {
  @Option(
      names = {"--store.limits.request-series", "--store.grpc.touched-series-limit"},
      description = "Series that a request may select; 0 for no limit.")
  private long series;

  @Option(
      names = {"--store.limits.request-samples", "--store.grpc.series-sample-limit"},
      description = "Samples that a request may read, 120 counted for each chunk; 0 for no limit.")
  private long samples;

  @Option(
      names = "--store.grpc.downloaded-bytes-limit",
      paramLabel = "SIZE",
      description = "What a request may read from the bucket; 0 for no limit.")
  private String downloadedBytes = "0";

  @Option(
      names = "--store.grpc.series-max-concurrency",
      description = "Requests for series that run at once; others wait.")
  private int concurrency = 20;

  GatewayOptions.Limits limits() {
    return new GatewayOptions.Limits(series, samples, ByteSize.parse(downloadedBytes), concurrency);
  }
}
