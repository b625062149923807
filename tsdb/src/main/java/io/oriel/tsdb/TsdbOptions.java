package io.oriel.tsdb;

import io.oriel.tsdb.wal.Wal;
import java.time.Duration;

/// How a database is run. Start from {@link #defaults}, which are Prometheus'.
///
/// @param blockRange length of the blocks cut from the head
/// @param maxBlockRange longest block that compaction makes
/// @param retention how long samples are kept, counted from the newest block's end; zero: for ever
/// @param retentionBytes how large all blocks together may be; zero: without limit
/// @param walCompression how log records are packed
/// @param syncsCommits whether a commit returns only when it is durable
/// @param maxExemplars how many exemplars are kept in memory; zero: none
/// @param maxSeries how many series the head may have; zero: without limit
/// @param outOfOrderTimeWindow how much older than the newest sample one may be that comes out of
///   order; zero: such samples are refused
public record TsdbOptions(
    Duration blockRange,
    Duration maxBlockRange,
    Duration retention,
    long retentionBytes,
    Wal.Compression walCompression,
    boolean syncsCommits,
    int maxExemplars,
    int maxSeries,
    Duration outOfOrderTimeWindow) {
  /// Blocks of two hours up to 36 hours, kept for 15 days; snappy; durable commits.
  public static TsdbOptions defaults() {
    return new TsdbOptions(
        Duration.ofHours(2),
        Duration.ofHours(36),
        Duration.ofDays(15),
        0,
        Wal.Compression.SNAPPY,
        true,
        100_000,
        0,
        Duration.ZERO);
  }

  public TsdbOptions withBlockRange(Duration range, Duration longest) {
    return new TsdbOptions(
        range,
        longest,
        retention,
        retentionBytes,
        walCompression,
        syncsCommits,
        maxExemplars,
        maxSeries,
        outOfOrderTimeWindow);
  }

  public TsdbOptions withRetention(Duration time, long bytes) {
    return new TsdbOptions(
        blockRange,
        maxBlockRange,
        time,
        bytes,
        walCompression,
        syncsCommits,
        maxExemplars,
        maxSeries,
        outOfOrderTimeWindow);
  }

  public TsdbOptions withMaxSeries(int limit) {
    return new TsdbOptions(
        blockRange,
        maxBlockRange,
        retention,
        retentionBytes,
        walCompression,
        syncsCommits,
        maxExemplars,
        limit,
        outOfOrderTimeWindow);
  }

  public TsdbOptions withOutOfOrderTimeWindow(Duration window) {
    return new TsdbOptions(
        blockRange,
        maxBlockRange,
        retention,
        retentionBytes,
        walCompression,
        syncsCommits,
        maxExemplars,
        maxSeries,
        window);
  }
}
