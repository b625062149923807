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
/// @param retentionPercentage how large all blocks together may be, in hundredths of the disk's
///   capacity, instead of {@code retentionBytes}; zero: see there
/// @param syncsCommits whether every commit returns only when it is durable. Otherwise, as with
///   upstream, it survives the end of the process, and a power cut may take what the last minute
///   wrote; {@link Tsdb#durable} is for who acknowledges to somebody
/// @param maxExemplars how many exemplars are kept in memory; zero: none
/// @param maxSeries how many series the head may have; zero: without limit
/// @param outOfOrderTimeWindow how much older than the newest sample one may be that comes out of
///   order; zero: such samples are refused
public record TsdbOptions(
    Duration blockRange,
    Duration maxBlockRange,
    Duration retention,
    long retentionBytes,
    double retentionPercentage,
    Wal.Compression walCompression,
    boolean syncsCommits,
    int maxExemplars,
    int maxSeries,
    Duration outOfOrderTimeWindow) {
  /// Blocks of two hours up to 36 hours, kept for 15 days; snappy; commits that survive the
  /// process.
  public static TsdbOptions defaults() {
    return new TsdbOptions(
        Duration.ofHours(2),
        Duration.ofHours(36),
        Duration.ofDays(15),
        0,
        0,
        Wal.Compression.SNAPPY,
        false,
        100_000,
        0,
        Duration.ZERO);
  }

  /// The three limits of retention.
  public Retention keeps() {
    return new Retention(retention, retentionBytes, retentionPercentage);
  }

  public TsdbOptions withBlockRange(Duration range, Duration longest) {
    return new TsdbOptions(
        range,
        longest,
        retention,
        retentionBytes,
        retentionPercentage,
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
        retentionPercentage,
        walCompression,
        syncsCommits,
        maxExemplars,
        maxSeries,
        outOfOrderTimeWindow);
  }

  public TsdbOptions withRetentionPercentage(double percentage) {
    return new TsdbOptions(
        blockRange,
        maxBlockRange,
        retention,
        retentionBytes,
        percentage,
        walCompression,
        syncsCommits,
        maxExemplars,
        maxSeries,
        outOfOrderTimeWindow);
  }

  public TsdbOptions withSyncedCommits() {
    return new TsdbOptions(
        blockRange,
        maxBlockRange,
        retention,
        retentionBytes,
        retentionPercentage,
        walCompression,
        true,
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
        retentionPercentage,
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
        retentionPercentage,
        walCompression,
        syncsCommits,
        maxExemplars,
        maxSeries,
        window);
  }

  public TsdbOptions withMaxExemplars(int most) {
    return new TsdbOptions(
        blockRange,
        maxBlockRange,
        retention,
        retentionBytes,
        retentionPercentage,
        walCompression,
        syncsCommits,
        most,
        maxSeries,
        outOfOrderTimeWindow);
  }
}
