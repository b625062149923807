package io.oriel.app.role.metrics;

import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.ByteSize;
import io.oriel.tsdb.TsdbOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/// The `--storage.tsdb.*` flags.
final class StorageFlags {
  private static final Duration LONGEST_BLOCK = Duration.ofDays(31);

  @Option(
      names = "--storage.tsdb.path",
      paramLabel = "DIR",
      description = "Where the database lives.")
  private Path dataDirectory = Path.of("data/");

  @Option(
      names = "--storage.tsdb.retention.time",
      paramLabel = "DURATION",
      description = "How long samples are kept.")
  private String retention = "15d";

  @Option(
      names = "--storage.tsdb.retention.size",
      paramLabel = "SIZE",
      description = "How large blocks may be; 0 for no limit.")
  private String retentionSize = "0";

  @Option(names = "--storage.tsdb.min-block-duration", paramLabel = "DURATION", hidden = true)
  private String minBlock = "2h";

  @Option(names = "--storage.tsdb.max-block-duration", paramLabel = "DURATION", hidden = true)
  private String maxBlock = "";

  @Option(
      names = "--storage.remote.flush-deadline",
      paramLabel = "DURATION",
      description = "How long remote write may go on sending on shutdown or reload.")
  private String flushDeadline = "1m";

  @Option(
      names = {
        "--storage.tsdb.no-lockfile",
        "--no-storage.tsdb.no-lockfile",
        "--storage.tsdb.wal-compression",
        "--no-storage.tsdb.wal-compression",
        "--storage.tsdb.allow-overlapping-blocks",
        "--storage.tsdb.wal-segment-size",
        "--storage.tsdb.wal-compression-type",
        "--storage.tsdb.head-chunks-write-queue-size"
      },
      paramLabel = "VALUE",
      arity = "0..1",
      hidden = true,
      description =
          "Accepted for manifests that have it: the log is compressed, the lock is taken.")
  private List<String> unused = List.of();

  Path directory() {
    return dataDirectory;
  }

  Duration flushDeadline() {
    return DurationSyntax.parse(flushDeadline);
  }

  TsdbOptions options() {
    Duration keep = DurationSyntax.parse(retention);
    Duration range = DurationSyntax.parse(minBlock);
    long cap = Math.min(keep.toMillis() / 10, LONGEST_BLOCK.toMillis());
    Duration longest =
        maxBlock.isEmpty()
            ? Duration.ofMillis(Math.max(range.toMillis(), cap))
            : DurationSyntax.parse(maxBlock);
    return TsdbOptions.defaults()
        .withBlockRange(range, longest)
        .withRetention(keep, ByteSize.parse(retentionSize));
  }
}
