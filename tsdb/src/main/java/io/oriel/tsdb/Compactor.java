package io.oriel.tsdb;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.Querier;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockQuerier;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.compact.BlockMerge;
import io.oriel.tsdb.compact.CompactionPlan;
import io.oriel.tsdb.head.Head;
import io.oriel.tsdb.query.MergedQuerier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns the head into blocks and small blocks into large ones. One thread at a time.
final class Compactor {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

  private final Path directory;
  private final Tsdb.Parts parts;
  private final Blocks blocks;
  private final Head head;
  private final long rangeMillis;
  private final List<Long> ranges;

  Compactor(Path directory, Tsdb.Parts parts, TsdbOptions options, Blocks blocks, Head head) {
    this.directory = directory;
    this.parts = parts;
    this.blocks = blocks;
    this.head = head;
    this.rangeMillis = options.blockRange().toMillis();
    this.ranges = CompactionPlan.ranges(rangeMillis, options.maxBlockRange().toMillis());
  }

  /// Writes the full ranges of the head as blocks; then what came out of order, as blocks that
  /// overlap others and are merged with them next.
  void writeHead() throws IOException {
    boolean wrote = false;
    while (head.maxTime() != Long.MIN_VALUE
        && head.minTime() != Long.MAX_VALUE
        && head.maxTime() - head.minTime() > rangeMillis / 2 * 3) {
      long from = Math.floorDiv(head.minTime(), rangeMillis) * rangeMillis;
      try (Querier source = head.querier(from, from + rangeMillis - 1)) {
        write(source, fresh(from, from + rangeMillis, List.of()));
      }
      head.truncate(from + rangeMillis);
      wrote = true;
    }
    if (wrote) {
      writeLate();
    }
  }

  private void writeLate() throws IOException {
    Optional<Head.LateCut> cut = head.cutLate();
    if (cut.isEmpty()) {
      return;
    }
    long first = Math.floorDiv(cut.get().minMillis(), rangeMillis) * rangeMillis;
    for (long from = first; from <= cut.get().maxMillis(); from += rangeMillis) {
      try (Querier source = head.lateQuerier(from, from + rangeMillis - 1)) {
        write(source, fresh(from, from + rangeMillis, List.of(BlockMeta.FROM_OUT_OF_ORDER)));
      }
    }
    head.truncateLate(cut.get());
  }

  private void write(Querier source, BlockMeta meta) throws IOException {
    Optional<BlockMeta> written =
        BlockMerge.write(parts.disk(), directory, meta, source, BlockMerge.Chunks.ENCODE_ANEW);
    if (written.isPresent()) {
      blocks.add(written.get());
    }
  }

  private Ulid newUlid() {
    return Ulid.create(parts.clock().millis(), parts.random());
  }

  /// What a new block says of itself that was not merged of others.
  BlockMeta fresh(long from, long to, List<String> hints) {
    return BlockMeta.fresh(newUlid(), from, to, hints);
  }

  /// Merges blocks while there is something to merge. A merge that a damaged block makes impossible
  /// is not tried again: its blocks are marked, stay readable, and others go on.
  ///
  /// @return how many merges failed
  int mergeBlocks() throws IOException {
    int failed = 0;
    for (List<BlockMeta> plan = CompactionPlan.next(blocks.metas(), ranges);
        !plan.isEmpty();
        plan = CompactionPlan.next(blocks.metas(), ranges)) {
      try {
        merge(plan);
      } catch (OrielException e) {
        if (e.kind() != Kind.CORRUPT) {
          throw e;
        }
        failed++;
        LOG.atError()
            .addKeyValue("block", plan.getFirst().ulid().text())
            .setCause(e)
            .log("cannot merge blocks; leaving them as they are");
        blocks.markFailed(plan.stream().map(BlockMeta::ulid).toList());
      }
    }
    return failed;
  }

  /// Writes the blocks of {@code plan} as one, without what is deleted, and removes them.
  void merge(List<BlockMeta> plan) throws IOException {
    List<Ulid> names = plan.stream().map(BlockMeta::ulid).toList();
    List<Querier> sources = new ArrayList<>();
    boolean deleted = false;
    for (Block block : blocks.all()) {
      if (names.contains(block.meta().ulid()) && block.retain()) {
        sources.add(new BlockQuerier(block));
        deleted |= !block.tombstones().isEmpty();
      }
    }
    try (Querier source = new MergedQuerier(sources)) {
      Optional<BlockMeta> written =
          BlockMerge.write(
              parts.disk(),
              directory,
              CompactionPlan.merged(newUlid(), plan),
              source,
              deleted ? BlockMerge.Chunks.ENCODE_ANEW : BlockMerge.Chunks.TAKE_OVER);
      if (written.isPresent()) {
        blocks.add(written.get());
      }
    }
    blocks.remove(names);
  }
}
