package io.oriel.federation.block;

import io.oriel.disk.Disk;
import io.oriel.federation.bucket.BucketException;
import io.oriel.model.error.CorruptionException;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockCheck;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.nio.file.Path;

/// What a block is found to be when every byte of it is read.
///
/// @param problem for people; empty when nothing is wrong
public record BlockVerification(Ulid ulid, String problem) {
  /// Downloads a block below {@code scratch}, reads all of it, and removes it there again.
  ///
  /// @throws BucketException when the bucket does not answer
  /// @throws IOException when the scratch disk cannot be used
  public static BlockVerification of(BucketBlocks blocks, Disk disk, Ulid ulid, Path scratch)
      throws IOException {
    Path directory = scratch.resolve(ulid.text());
    try {
      StoredMeta meta = blocks.download(disk, ulid, scratch);
      try (Block block = Block.open(disk, directory)) {
        BlockCheck check = BlockCheck.of(block, BlockCheck.Depth.CHUNKS);
        return new BlockVerification(ulid, problem(meta, check));
      }
    } catch (CorruptionException e) {
      return new BlockVerification(ulid, e.reason().replace(scratch + "/", ""));
    } catch (BucketException e) {
      if (e.isNotFound()) {
        return new BlockVerification(ulid, e.reason());
      }
      throw e;
    } finally {
      disk.deleteTree(directory);
    }
  }

  private static String problem(StoredMeta meta, BlockCheck check) {
    if (!check.isHealthy()) {
      return check.problem();
    }
    if (meta.thanos().labels().isEmpty()) {
      return "meta.json has no external labels";
    }
    if (check.series() != meta.block().stats().series()
        || check.chunks() != meta.block().stats().chunks()) {
      return "got %d series and %d chunks, meta.json says %d and %d"
          .formatted(
              check.series(),
              check.chunks(),
              meta.block().stats().series(),
              meta.block().stats().chunks());
    }
    return "";
  }

  /// Whether nothing is wrong.
  public boolean isHealthy() {
    return problem.isEmpty();
  }
}
