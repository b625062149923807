package io.oriel.app.role.store;

import io.oriel.federation.storegateway.GatewayOptions;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.ByteSize;
import java.time.Duration;
import picocli.CommandLine.Option;

/// Flags that say how a store holds index-headers.
final class IndexHeaderFlags {
  @Option(
      names = "--store.enable-index-header-lazy-reader",
      hidden = true,
      description = "Map an index-header only while queries need it; so it is anyway.")
  private boolean lazy;

  @Option(
      names = "--no-store.enable-index-header-lazy-reader",
      description = "Map every index-header at once, rather than only while queries need it.")
  private boolean eager;

  @Option(
      names = "--store.index-header-lazy-reader-idle-timeout",
      paramLabel = "DURATION",
      description = "How long an unused index-header stays mapped; 0 for ever.")
  private String idleTimeout = "5m";

  @Option(
      names = "--store.index-header-lazy-download-strategy",
      paramLabel = "NAME",
      description = "eager: make an index-header with the block; lazy: for its first query.")
  private String strategy = "eager";

  @Option(
      names = "--store.index-header-posting-offsets-in-mem-sampling",
      description = "How many label values there are for one whose place is held in memory.")
  private int sampling = 32;

  @Option(
      names = "--store.index-header-max-heap",
      paramLabel = "SIZE",
      description = "What mapped index-headers may hold of the heap (Oriel's own).")
  private String mostHeap = "256MB";

  GatewayOptions.Headers headers() {
    if (!strategy.equals("eager") && !strategy.equals("lazy")) {
      throw OrielException.invalid(
          "--store.index-header-lazy-download-strategy: got " + strategy + ", want eager or lazy");
    }
    if (sampling < 1) {
      throw OrielException.invalid(
          "--store.index-header-posting-offsets-in-mem-sampling: got "
              + sampling
              + ", want at least 1");
    }
    return new GatewayOptions.Headers(
        strategy.equals("eager"),
        eager && !lazy,
        eager && !lazy ? Duration.ZERO : DurationSyntax.parse(idleTimeout),
        ByteSize.parse(mostHeap),
        sampling);
  }
}
