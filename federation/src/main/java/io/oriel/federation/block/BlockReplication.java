package io.oriel.federation.block;

import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.ObjectEntry;
import io.oriel.model.matcher.Matcher;
import io.oriel.tsdb.block.Ulid;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Copies blocks from one bucket to another, `meta.json` last, marks left behind. What is there
/// already is not sent again, so a copy that was cut short goes on where it stopped. Thread-safe.
public final class BlockReplication {
  private static final int MOST_META_BYTES = 64 << 20;

  private final Bucket from;
  private final Bucket to;

  /// Both buckets stay the caller's.
  public BlockReplication(Bucket from, Bucket to) {
    this.from = from;
    this.to = to;
  }

  /// Which blocks to copy.
  ///
  /// @param matchers on external labels, all of which must hold
  /// @param resolutions in milliseconds; empty for all
  /// @param levels of compaction; empty for all
  public record Selection(List<Matcher> matchers, Set<Long> resolutions, Set<Integer> levels) {
    public Selection {
      matchers = List.copyOf(matchers);
      resolutions = Set.copyOf(resolutions);
      levels = Set.copyOf(levels);
    }

    boolean holds(StoredMeta meta) {
      return Matcher.all(matchers, meta.thanos().labels())
          && (resolutions.isEmpty() || resolutions.contains(meta.thanos().resolutionMillis()))
          && (levels.isEmpty() || levels.contains(meta.block().level()));
    }
  }

  /// Copies the blocks of {@code view}, a view of the source, that are selected, oldest first.
  ///
  /// @return those that were not there before
  /// @throws BucketException when one of the buckets fails; what was copied before stays
  public List<Ulid> copy(BlockView view, Selection selection) {
    List<StoredMeta> wanted = new ArrayList<>(view.blocks().values());
    wanted.removeIf(meta -> !selection.holds(meta));
    wanted.sort(Comparator.comparingLong((StoredMeta meta) -> meta.block().minMillis()));
    List<Ulid> copied = new ArrayList<>();
    for (StoredMeta meta : wanted) {
      if (copy(meta.ulid())) {
        copied.add(meta.ulid());
      }
    }
    return copied;
  }

  private boolean copy(Ulid ulid) {
    String meta = ulid.text() + "/" + StoredMeta.FILE;
    if (to.exists(meta)) {
      return false;
    }
    byte[] content = from.read(meta, MOST_META_BYTES);
    from.iter(
        ulid.text(),
        Bucket.Depth.ALL,
        object -> {
          if (!object.name().equals(meta) && !isMark(object) && !isThere(object)) {
            to.upload(object.name(), streamed(object));
          }
          return true;
        });
    to.upload(meta, Content.of(content));
    return true;
  }

  private static boolean isMark(ObjectEntry object) {
    for (BlockMark.Kind kind : BlockMark.Kind.values()) {
      if (object.lastSegment().equals(kind.file())) {
        return true;
      }
    }
    return false;
  }

  private boolean isThere(ObjectEntry object) {
    return to.exists(object.name())
        && to.attributes(object.name()).sizeBytes() == object.sizeBytes();
  }

  private Content streamed(ObjectEntry object) {
    return new Content() {
      @Override
      public long length() {
        return object.sizeBytes();
      }

      @Override
      public InputStream open() {
        return from.get(object.name());
      }
    };
  }
}
