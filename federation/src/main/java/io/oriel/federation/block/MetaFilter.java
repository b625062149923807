package io.oriel.federation.block;

import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.relabel.Relabeler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Takes blocks out of a view. Used by one thread at a time.
public interface MetaFilter {
  /** The label that a shard's relabel config may use for the block's own name. */
  String BLOCK_ID = "__block_id";

  void filter(BlockView.Draft draft);

  /// Keeps blocks that overlap a time range, both ends inclusive.
  static MetaFilter time(long minMillis, long maxMillis) {
    return draft -> {
      for (StoredMeta meta : draft.metas()) {
        if (!meta.block().overlaps(minMillis, maxMillis)) {
          draft.exclude(meta.ulid(), BlockState.TIME_EXCLUDED);
        }
      }
    };
  }

  /// Keeps blocks whose external labels pass the relabel config: one shard of a bucket.
  ///
  /// @param withoutLabels replica labels, which the config is not shown
  static MetaFilter shard(Relabeler relabeler, Set<String> withoutLabels) {
    return draft -> {
      for (StoredMeta meta : draft.metas()) {
        LabelsBuilder labels = meta.thanos().labels().without(withoutLabels).toBuilder();
        labels.set(BLOCK_ID, meta.ulid().text());
        if (!relabeler.apply(labels) || labels.build().isEmpty()) {
          draft.exclude(meta.ulid(), BlockState.LABEL_EXCLUDED);
        }
      }
    };
  }

  /// Keeps blocks that have been there for {@code delay}, so that a store whose listings lag shows
  /// all of them or none. What a compactor wrote is kept at once, as its sources are about to go.
  static MetaFilter consistencyDelay(Duration delay, InstantSource clock) {
    return draft -> {
      Instant newest = clock.instant().minus(delay);
      for (StoredMeta meta : draft.metas()) {
        Instant since =
            meta.thanos().uploadTime().orElse(Instant.ofEpochMilli(meta.ulid().millis()));
        String source = meta.thanos().source();
        boolean compacted =
            source.startsWith(ThanosSection.COMPACTOR) || source.equals("bucket.repair");
        if (!compacted && since.isAfter(newest)) {
          draft.exclude(meta.ulid(), BlockState.TOO_FRESH);
        }
      }
    };
  }

  /// Drops blocks that were marked for deletion longer than {@code delay} ago.
  static MetaFilter deletionMarks(Duration delay, InstantSource clock) {
    return draft -> {
      long newest = clock.instant().minus(delay).getEpochSecond();
      for (StoredMeta meta : draft.metas()) {
        draft
            .mark(meta.ulid(), BlockMark.Kind.DELETION)
            .filter(mark -> mark.unixSeconds() < newest)
            .ifPresent(_ -> draft.exclude(meta.ulid(), BlockState.MARKED_FOR_DELETION));
      }
    };
  }

  /// Drops blocks whose sources are all in another block of the same group: they were compacted,
  /// and only their deletion is still to come. Of two blocks of the same sources the older stays.
  static MetaFilter duplicates() {
    return draft -> {
      Map<String, List<StoredMeta>> groups = new HashMap<>();
      for (StoredMeta meta : draft.metas()) {
        groups.computeIfAbsent(meta.group(), _ -> new ArrayList<>()).add(meta);
      }
      groups.values().forEach(group -> dropCovered(draft, group));
    };
  }

  private static void dropCovered(BlockView.Draft draft, List<StoredMeta> group) {
    group.sort(
        Comparator.comparingInt((StoredMeta meta) -> -meta.block().sources().size())
            .thenComparing(StoredMeta::ulid));
    List<StoredMeta> covering = new ArrayList<>();
    for (StoredMeta meta : group) {
      boolean covered =
          covering.stream()
              .anyMatch(
                  other ->
                      other.block().minMillis() <= meta.block().minMillis()
                          && other.block().maxMillis() >= meta.block().maxMillis()
                          && new HashSet<>(other.block().sources())
                              .containsAll(meta.block().sources()));
      if (covered) {
        draft.exclude(meta.ulid(), BlockState.DUPLICATE);
      } else {
        covering.add(meta);
      }
    }
  }

  /// Takes replica labels off, so that the blocks of replicas form one group. A block that would
  /// have no label left keeps the first of them, with the value `deduped`.
  static MetaFilter withoutReplicaLabels(List<String> labels) {
    return draft -> {
      for (StoredMeta meta : draft.metas()) {
        Labels old = meta.thanos().labels();
        Labels left = old.without(labels);
        if (left.isEmpty() && !labels.isEmpty()) {
          left = Labels.of(labels.getFirst(), "deduped");
        }
        if (!left.equals(old)) {
          draft.modify(meta.withThanos(meta.thanos().withLabels(left)), "replica-label-removed");
        }
      }
    };
  }
}
