package io.oriel.federation.block;

import io.oriel.tsdb.block.Ulid;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The blocks of a bucket at one moment. Immutable.
///
/// @param blocks those that passed every filter, by name
/// @param partial directories without a `meta.json` that can be read, and what is wrong with them
/// @param marks of all blocks, filtered ones included
/// @param duplicates blocks whose sources are all in another block
/// @param failures what could not be read; while there are any, the view is incomplete, and nothing
///   may be concluded from a block's absence
public record BlockView(
    Map<Ulid, StoredMeta> blocks,
    Map<Ulid, Partial> partial,
    Map<Ulid, Map<BlockMark.Kind, BlockMark>> marks,
    List<Ulid> duplicates,
    List<String> failures) {
  /// A directory that is no block.
  ///
  /// @param newestMillis when the last object in it was uploaded, Unix milliseconds
  public record Partial(BlockState state, String problem, long newestMillis) {}

  public BlockView {
    blocks = Map.copyOf(blocks);
    partial = Map.copyOf(partial);
    marks = Map.copyOf(marks);
    duplicates = List.copyOf(duplicates);
    failures = List.copyOf(failures);
  }

  /// A view of a bucket that was never looked at.
  public static BlockView empty() {
    return new BlockView(Map.of(), Map.of(), Map.of(), List.of(), List.of());
  }

  /// A block that passed every filter.
  public Optional<StoredMeta> block(Ulid ulid) {
    return Optional.ofNullable(blocks.get(ulid));
  }

  /// The mark of a block, if it has it.
  public Optional<BlockMark> mark(Ulid ulid, BlockMark.Kind kind) {
    return Optional.ofNullable(marks.getOrDefault(ulid, Map.of()).get(kind));
  }

  /// Whether everything could be read.
  public boolean isComplete() {
    return failures.isEmpty();
  }

  /// The blocks that filters may still take away from.
  public static final class Draft {
    private final TreeMap<Ulid, StoredMeta> metas;
    private final Map<Ulid, Map<BlockMark.Kind, BlockMark>> marks;
    private final Map<BlockState, Integer> counts = new EnumMap<>(BlockState.class);
    private final Map<String, Integer> modified = new HashMap<>();
    private final List<Ulid> duplicates = new ArrayList<>();

    Draft(Map<Ulid, StoredMeta> metas, Map<Ulid, Map<BlockMark.Kind, BlockMark>> marks) {
      this.metas = new TreeMap<>(metas);
      this.marks = marks;
    }

    /// The blocks left; a copy.
    public List<StoredMeta> metas() {
      return List.copyOf(metas.values());
    }

    /// The mark of a block, if it has it.
    public Optional<BlockMark> mark(Ulid ulid, BlockMark.Kind kind) {
      return Optional.ofNullable(marks.getOrDefault(ulid, Map.of()).get(kind));
    }

    /// Takes a block away.
    public void exclude(Ulid ulid, BlockState why) {
      if (metas.remove(ulid) != null) {
        count(why);
        if (why == BlockState.DUPLICATE) {
          duplicates.add(ulid);
        }
      }
    }

    /// Puts {@code meta} in the place of the block's own.
    public void modify(StoredMeta meta, String how) {
      metas.put(meta.ulid(), meta);
      modified.merge(how, 1, Integer::sum);
    }

    /// Counts a block that stays.
    public void count(BlockState state) {
      counts.merge(state, 1, Integer::sum);
    }

    Map<BlockState, Integer> counts() {
      return counts;
    }

    Map<String, Integer> modified() {
      return modified;
    }

    BlockView finish(Map<Ulid, Partial> partial, List<String> failures) {
      return new BlockView(metas, partial, marks, duplicates, failures);
    }
  }
}
