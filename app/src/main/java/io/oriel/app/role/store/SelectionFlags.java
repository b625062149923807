package io.oriel.app.role.store;

import io.oriel.model.error.OrielException;
import io.oriel.model.relabel.Relabeler;
import io.oriel.model.time.DurationSyntax;
import java.util.function.LongSupplier;
import picocli.CommandLine.Option;

/// Flags that say which blocks of a bucket are served.
final class SelectionFlags {
  @Option(
      names = "--min-time",
      paramLabel = "TIME",
      description = "From where on samples are served: RFC 3339, or a duration before now as -6h.")
  private String minTime = "0000-01-01T00:00:00Z";

  @Option(names = "--max-time", paramLabel = "TIME", description = "Up to where, likewise.")
  private String maxTime = "9999-12-31T23:59:59Z";

  @Option(
      names = "--consistency-delay",
      paramLabel = "DURATION",
      description = "How long a block has to be in the bucket before it is read.")
  private String consistencyDelay = "0s";

  @Option(
      names = "--ignore-deletion-marks-delay",
      paramLabel = "DURATION",
      description = "How long a block is served after it was marked for deletion.")
  private String deletionDelay = "24h";

  @Option(
      names = "--block-meta-fetch-concurrency",
      description = "meta.json files that are read at once.")
  private int metaConcurrency = 32;

  LongSupplier minMillis() {
    return TimeFlag.parse("--min-time", minTime);
  }

  LongSupplier maxMillis() {
    LongSupplier min = minMillis();
    LongSupplier max = TimeFlag.parse("--max-time", maxTime);
    if (min.getAsLong() > max.getAsLong()) {
      throw OrielException.invalid(
          "--min-time: got " + minTime + ", want at most --max-time, which is " + maxTime);
    }
    return max;
  }

  StoreRole.Selection selection(Relabeler shard) {
    return new StoreRole.Selection(
        shard,
        DurationSyntax.parse(consistencyDelay),
        DurationSyntax.parse(deletionDelay),
        metaConcurrency);
  }
}
