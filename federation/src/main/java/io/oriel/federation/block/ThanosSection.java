package io.oriel.federation.block;

import io.oriel.model.labels.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What Thanos adds to a block's `meta.json`, section `thanos`, version 1.
///
/// @param labels external labels: where the block's series come from
/// @param resolutionMillis distance of its samples: 0 for raw, 300000, 3600000
/// @param source who uploaded it, `sidecar` or `compactor`
/// @param files what belongs to it, sorted by path
/// @param seriesMaxBytes largest index entry of a series, zero when unknown
/// @param chunkMaxBytes largest chunk, zero when unknown
/// @param uploadTime when the last file was uploaded, where the uploader wrote it down
public record ThanosSection(
    Labels labels,
    long resolutionMillis,
    String source,
    List<BlockFile> files,
    long seriesMaxBytes,
    long chunkMaxBytes,
    Optional<Instant> uploadTime) {
  /** The source of blocks that the shipper uploads. */
  public static final String SIDECAR = "sidecar";

  /** The source of blocks cut from a head before they were whole; marked `no-compact`. */
  public static final String EARLY = "sidecar.early";

  /** The source of blocks that were compacted or downsampled. */
  public static final String COMPACTOR = "compactor";

  /** The source of blocks that a ruler wrote. */
  public static final String RULER = "ruler";

  /// A file of a block.
  ///
  /// @param path from the block's directory, `chunks/000001`
  /// @param sizeBytes zero when unknown
  public record BlockFile(String path, long sizeBytes) {}

  public ThanosSection {
    files = List.copyOf(files);
  }

  /// A section that says where a block comes from, and nothing else yet.
  public static ThanosSection of(Labels labels, long resolutionMillis, String source) {
    return new ThanosSection(labels, resolutionMillis, source, List.of(), 0, 0, Optional.empty());
  }

  public ThanosSection withLabels(Labels newLabels) {
    return new ThanosSection(
        newLabels, resolutionMillis, source, files, seriesMaxBytes, chunkMaxBytes, uploadTime);
  }

  public ThanosSection withFiles(List<BlockFile> newFiles) {
    return new ThanosSection(
        labels, resolutionMillis, source, newFiles, seriesMaxBytes, chunkMaxBytes, uploadTime);
  }

  public ThanosSection withUploadTime(Instant time) {
    return new ThanosSection(
        labels, resolutionMillis, source, files, seriesMaxBytes, chunkMaxBytes, Optional.of(time));
  }
}
