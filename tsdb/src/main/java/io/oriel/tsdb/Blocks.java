package io.oriel.tsdb;

import io.oriel.disk.Disk;
import io.oriel.model.series.Querier;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockQuerier;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.MetaFile;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The open blocks of a data directory. The list is replaced as a whole, so readers take no lock;
/// changes are made by one thread at a time.
final class Blocks implements AutoCloseable {
  private final Disk disk;
  private final Path directory;

  /** Oldest first. */
  private volatile List<Block> open = List.of();

  private Blocks(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /// Opens all complete blocks, after it has removed what a crash left: half-written blocks, and
  /// blocks that were merged into another one that is there.
  static Blocks open(Disk disk, Path directory) throws IOException {
    Blocks blocks = new Blocks(disk, directory);
    List<BlockMeta> metas = new ArrayList<>();
    Set<Ulid> merged = new HashSet<>();
    for (Path path : disk.list(directory)) {
      String name = path.getFileName().toString();
      if (BlockWriter.isLeftover(name)) {
        disk.deleteTree(path);
      } else if (Ulid.isValid(name) && MetaFile.exists(disk, path)) {
        BlockMeta meta = MetaFile.read(disk, path);
        metas.add(meta);
        meta.parents().forEach(parent -> merged.add(parent.ulid()));
      }
    }
    List<Block> opened = new ArrayList<>();
    try {
      for (BlockMeta meta : metas) {
        if (merged.contains(meta.ulid())) {
          disk.deleteTree(directory.resolve(meta.ulid().text()));
        } else {
          opened.add(Block.open(disk, directory.resolve(meta.ulid().text())));
        }
      }
    } catch (IOException | RuntimeException e) {
      opened.forEach(Block::close);
      throw e;
    }
    blocks.replace(opened);
    return blocks;
  }

  private void replace(List<Block> next) {
    List<Block> sorted = new ArrayList<>(next);
    sorted.sort(Comparator.comparingLong(block -> block.meta().minMillis()));
    open = List.copyOf(sorted);
  }

  List<Block> all() {
    return open;
  }

  List<BlockMeta> metas() {
    return open.stream().map(Block::meta).toList();
  }

  /// Opens a block that was just written.
  void add(BlockMeta meta) throws IOException {
    List<Block> next = new ArrayList<>(open);
    next.add(Block.open(disk, directory.resolve(meta.ulid().text())));
    replace(next);
  }

  /// Notes, durably, that these blocks cannot be merged.
  void markFailed(List<Ulid> names) throws IOException {
    for (Block block : open) {
      if (names.contains(block.meta().ulid())) {
        block.markFailed(disk);
      }
    }
  }

  /// Deletes blocks; readers that hold them go on reading.
  void remove(List<Ulid> gone) throws IOException {
    List<Block> next = new ArrayList<>();
    List<Block> removed = new ArrayList<>();
    for (Block block : open) {
      (gone.contains(block.meta().ulid()) ? removed : next).add(block);
    }
    replace(next);
    for (Block block : removed) {
      block.close();
      Path doomed = directory.resolve(block.meta().ulid().text() + ".tmp-for-deletion");
      disk.rename(directory.resolve(block.meta().ulid().text()), doomed);
      disk.syncDirectory(directory);
      disk.deleteTree(doomed);
    }
  }

  /// Queriers of the blocks that overlap a range, both ends inclusive, oldest first.
  List<Querier> queriers(long minMillis, long maxMillis) {
    List<Querier> queriers = new ArrayList<>();
    for (Block block : open) {
      if (block.meta().overlaps(minMillis, maxMillis) && block.retain()) {
        queriers.add(new BlockQuerier(block));
      }
    }
    return queriers;
  }

  /// The end of the newest block, exclusive; the smallest number when there is none.
  long end() {
    long end = Long.MIN_VALUE;
    for (Block block : open) {
      end = Math.max(end, block.meta().maxMillis());
    }
    return end;
  }

  /// The end of the newest block of samples that came in order, exclusive: the head begins there;
  /// the smallest number when there is none.
  long inOrderEnd() {
    long end = Long.MIN_VALUE;
    for (Block block : open) {
      if (!block.meta().hints().contains(BlockMeta.FROM_OUT_OF_ORDER)) {
        end = Math.max(end, block.meta().maxMillis());
      }
    }
    return end;
  }

  @Override
  public void close() {
    List<Block> last = open;
    open = List.of();
    last.forEach(Block::close);
  }
}
