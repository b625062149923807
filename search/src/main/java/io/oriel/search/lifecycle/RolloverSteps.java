package io.oriel.search.lifecycle;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opensearch.action.admin.indices.rollover.RolloverInfo;
import org.opensearch.action.admin.indices.rollover.RolloverRequest;
import org.opensearch.action.admin.indices.rollover.RolloverResponse;
import org.opensearch.action.admin.indices.settings.put.UpdateSettingsRequest;
import org.opensearch.action.admin.indices.stats.IndicesStatsRequest;
import org.opensearch.action.admin.indices.stats.ShardStats;
import org.opensearch.action.support.ActiveShardCount;
import org.opensearch.cluster.metadata.DataStream;
import org.opensearch.cluster.metadata.IndexAbstraction;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.common.settings.Settings;
import org.opensearch.core.action.ActionListener;

/// Rolls an alias or a data stream over to a new index when the present one is full.
final class RolloverSteps {
  private static final String CHECK = "check-rollover-ready";

  private RolloverSteps() {}

  static List<Step> of(RolloverConditions conditions) {
    return List.of(
        Step.poll(CHECK, (context, outcome) -> check(conditions, context, outcome)),
        Step.act("attempt-rollover", RolloverSteps::attempt),
        Step.look("wait-for-active-shards", RolloverSteps::newIndexActive),
        Step.look("update-rollover-lifecycle-date", RolloverSteps::rolledOver),
        Step.act("set-indexing-complete", RolloverSteps::complete));
  }

  /// The alias or data stream to roll over.
  ///
  /// @throws IllegalArgumentException when the index is not set up for it
  private static String target(StepContext context) {
    DataStream stream = context.dataStream();
    if (stream != null) {
      return stream.getName();
    }
    String alias = context.rolloverAlias();
    String name = context.name();
    if (alias.isEmpty()) {
      throw new IllegalArgumentException(
          "setting [index.lifecycle.rollover_alias] for index ["
              + name
              + "] is empty or not defined");
    }
    if (!context.index().getAliases().containsKey(alias)) {
      throw new IllegalArgumentException(
          "index.lifecycle.rollover_alias [" + alias + "] does not point to index [" + name + "]");
    }
    return alias;
  }

  private static boolean isRolled(StepContext context) {
    DataStream stream = context.dataStream();
    if (stream != null) {
      return !context.isStreamWriteIndex();
    }
    return rolloverInfo(context) != null;
  }

  private static @Nullable RolloverInfo rolloverInfo(StepContext context) {
    DataStream stream = context.dataStream();
    String target = stream == null ? context.rolloverAlias() : stream.getName();
    return context.index().getRolloverInfos().get(target);
  }

  private static void check(
      RolloverConditions conditions, StepContext context, ActionListener<Step.Outcome> outcome) {
    if (LifecycleSettings.INDEXING_COMPLETE.get(context.index().getSettings())
        || isRolled(context)) {
      outcome.onResponse(Step.DONE);
      return;
    }
    String target = target(context);
    IndexAbstraction alias = context.state().metadata().getIndicesLookup().get(target);
    IndexMetadata writeIndex = alias == null ? null : alias.getWriteIndex();
    if (writeIndex == null || !writeIndex.getIndex().equals(context.index().getIndex())) {
      throw new IllegalArgumentException(
          "index [" + context.name() + "] is not the write index for alias [" + target + "]");
    }
    boolean wantsDocuments =
        context.cluster().getClusterSettings().get(LifecycleSettings.ONLY_IF_HAS_DOCUMENTS);
    context
        .client()
        .admin()
        .indices()
        .stats(
            new IndicesStatsRequest().indices(context.name()).clear().docs(true).store(true),
            ActionListener.map(
                outcome,
                stats -> {
                  RolloverConditions.Measured now = measure(context, stats.getShards());
                  return conditions.areMet(now, wantsDocuments) ? Step.DONE : Step.WAITING;
                }));
  }

  private static RolloverConditions.Measured measure(StepContext context, ShardStats[] shards) {
    long docs = 0;
    long bytes = 0;
    long largest = 0;
    long most = 0;
    for (ShardStats shard : shards) {
      if (shard.getShardRouting().primary()) {
        var docStats = shard.getStats().getDocs();
        var store = shard.getStats().getStore();
        long shardDocs = docStats == null ? 0 : docStats.getCount();
        long shardBytes = store == null ? 0 : store.getSizeInBytes();
        docs += shardDocs;
        bytes += shardBytes;
        largest = Math.max(largest, shardBytes);
        most = Math.max(most, shardDocs);
      }
    }
    long age = Math.max(0, context.now() - context.index().getCreationDate());
    return new RolloverConditions.Measured(age, docs, bytes, largest, most);
  }

  private static void attempt(StepContext context, ActionListener<Step.Outcome> outcome) {
    if (LifecycleSettings.INDEXING_COMPLETE.get(context.index().getSettings())
        || isRolled(context)) {
      outcome.onResponse(Step.DONE);
      return;
    }
    RolloverRequest request = new RolloverRequest(target(context), null);
    request.setWaitForActiveShards(ActiveShardCount.NONE);
    context
        .client()
        .admin()
        .indices()
        .rolloverIndex(
            request,
            ActionListener.map(
                outcome,
                (RolloverResponse response) ->
                    response.isRolledOver() ? Step.DONE : Step.waiting("not rolled over yet")));
  }

  private static Step.Outcome newIndexActive(StepContext context) {
    if (LifecycleSettings.INDEXING_COMPLETE.get(context.index().getSettings())
        && !isRolled(context)) {
      return Step.DONE;
    }
    IndexAbstraction target = context.state().metadata().getIndicesLookup().get(target(context));
    IndexMetadata written = target == null ? null : target.getWriteIndex();
    if (written == null) {
      return Step.DONE;
    }
    return written
            .getWaitForActiveShards()
            .enoughShardsActive(context.state(), written.getIndex().getName())
        ? Step.DONE
        : Step.waiting("waiting for the shards of [" + written.getIndex().getName() + "] to start");
  }

  /// From now on the age of the index counts from its rollover.
  private static Step.Outcome rolledOver(StepContext context) {
    RolloverInfo info = rolloverInfo(context);
    return info == null
        ? Step.DONE
        : new Step.Outcome.DoneWith(at -> at.withLifecycleDate(info.getTime()));
  }

  private static void complete(StepContext context, ActionListener<Step.Outcome> outcome) {
    UpdateSettingsRequest request =
        new UpdateSettingsRequest(context.name())
            .settings(Settings.builder().put(LifecycleSettings.INDEXING_COMPLETE.getKey(), true));
    context
        .client()
        .admin()
        .indices()
        .updateSettings(request, ActionListener.map(outcome, _ -> Step.DONE));
  }
}
