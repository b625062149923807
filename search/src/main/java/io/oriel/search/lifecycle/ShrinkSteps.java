package io.oriel.search.lifecycle;

import java.util.List;
import java.util.Locale;
import org.opensearch.ResourceAlreadyExistsException;
import org.opensearch.action.admin.indices.alias.IndicesAliasesRequest;
import org.opensearch.action.admin.indices.delete.DeleteIndexRequest;
import org.opensearch.action.admin.indices.shrink.ResizeRequest;
import org.opensearch.action.support.ActiveShardCount;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.AliasMetadata;
import org.opensearch.cluster.metadata.DataStream;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.metadata.Metadata;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.cluster.routing.ShardRouting;
import org.opensearch.common.settings.Settings;
import org.opensearch.core.action.ActionListener;

/// Puts an index into fewer shards: gathers its shards on one node, makes the smaller index, and
/// has that take the place and the name of the old one, which is deleted.
final class ShrinkSteps {
  private static final String PREFIX = "shrink-";
  private static final String REQUIRE_NODE = "index.routing.allocation.require._id";
  private static final String CLEANUP = "cleanup-shrink-index";
  private static final String LAST = "is-shrunken-index";

  private ShrinkSteps() {}

  static List<Step> of(LifecycleAction.Shrink action) {
    return List.of(
        Step.look("branch-check-prerequisites", context -> isNeeded(action, context)),
        SettingSteps.notWriteIndex(),
        Step.look("wait-for-shard-history-leases", _ -> Step.DONE),
        Step.act("readonly", SettingSteps::blockWrites),
        Step.look("check-target-shards-count", context -> checkCount(action, context)),
        Step.act(CLEANUP, ShrinkSteps::cleanUp),
        Step.look(
            "generate-shrink-index-name",
            context ->
                new Step.Outcome.DoneWith(at -> at.withShrinkIndex(targetName(context.index())))),
        Step.act("set-single-node-allocation", ShrinkSteps::gather),
        Step.look("check-shrink-allocation", ShrinkSteps::gathered),
        Step.act("shrink", (context, outcome) -> shrink(action, context, outcome)),
        Step.look("shrunk-shards-allocated", ShrinkSteps::isShrunk),
        Step.act("copy-execution-state", ShrinkSteps::copyState),
        Step.look(
            "branch-on-datastream-check",
            context ->
                context.dataStream() == null
                    ? new Step.Outcome.GoTo("aliases")
                    : new Step.Outcome.GoTo("replace-datastream-backing-index")),
        Step.act("aliases", ShrinkSteps::swapAliases),
        Step.act("replace-datastream-backing-index", ShrinkSteps::swapBackingIndex),
        Step.act("delete", ShrinkSteps::deleteSource),
        Step.look(LAST, ShrinkSteps::isTarget));
  }

  private static Step.Outcome isNeeded(LifecycleAction.Shrink action, StepContext context) {
    int shards = context.index().getNumberOfShards();
    return shards == 1 || shards == action.numberOfShards() ? Step.SKIP : Step.DONE;
  }

  private static Step.Outcome checkCount(LifecycleAction.Shrink action, StepContext context) {
    int shards = context.index().getNumberOfShards();
    int wanted = action.numberOfShards();
    if (wanted > 0 && shards % wanted != 0) {
      return Step.waiting(
          "lifecycle action of policy ["
              + LifecycleSettings.NAME.get(context.index().getSettings())
              + "] for index ["
              + context.name()
              + "] cannot make progress because the target shards count ["
              + wanted
              + "] must be a factor of the source index's shards count ["
              + shards
              + "]");
    }
    return Step.DONE;
  }

  /// The name of the smaller index: from the index' own id, so a second run finds what the first
  /// began.
  static String targetName(IndexMetadata index) {
    String id = index.getIndexUUID().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return PREFIX + (id + "0000").substring(0, 4) + "-" + index.getIndex().getName();
  }

  private static void cleanUp(StepContext context, ActionListener<Step.Outcome> outcome) {
    String left = context.at().shrinkIndex();
    if (left.isEmpty() || !context.state().metadata().hasIndex(left)) {
      outcome.onResponse(Step.DONE);
      return;
    }
    context
        .client()
        .admin()
        .indices()
        .delete(new DeleteIndexRequest(left), ActionListener.map(outcome, _ -> Step.DONE));
  }

  private static void gather(StepContext context, ActionListener<Step.Outcome> outcome) {
    DiscoveryNode best = null;
    int most = -1;
    for (DiscoveryNode node : context.state().nodes().getDataNodes().values()) {
      if (node.isSearchNode() || !Placement.isAllowed(withoutPin(context.index()), node)) {
        continue;
      }
      int here = 0;
      for (ShardRouting shard : Placement.shards(context.state(), context.index())) {
        here += node.getId().equals(shard.currentNodeId()) ? 1 : 0;
      }
      if (here > most) {
        most = here;
        best = node;
      }
    }
    if (best == null) {
      throw new IllegalStateException(
          "could not find any nodes to allocate index ["
              + context.name()
              + "] onto prior to shrink");
    }
    SettingSteps.update(context, Settings.builder().put(REQUIRE_NODE, best.getId()), outcome);
  }

  private static IndexMetadata withoutPin(IndexMetadata index) {
    return index.getSettings().get(REQUIRE_NODE) == null
        ? index
        : IndexMetadata.builder(index)
            .settings(
                Settings.builder()
                    .put(index.getSettings().filter(key -> !key.equals(REQUIRE_NODE))))
            .build();
  }

  private static boolean isLate(StepContext context) {
    long threshold =
        LifecycleSettings.WAIT_TIME_THRESHOLD.get(context.index().getSettings()).millis();
    return context.now() - context.at().stepTime() > threshold;
  }

  private static Step.Outcome gathered(StepContext context) {
    String node = context.index().getSettings().get(REQUIRE_NODE);
    if (node == null || context.state().nodes().get(node) == null) {
      return new Step.Outcome.GoTo("set-single-node-allocation");
    }
    if (Placement.hasAll(context.state(), context.index(), node)) {
      return Step.DONE;
    }
    return isLate(context)
        ? new Step.Outcome.GoTo(CLEANUP)
        : Step.waiting("Waiting for node [" + node + "] to contain a copy of every shard");
  }

  private static void shrink(
      LifecycleAction.Shrink action, StepContext context, ActionListener<Step.Outcome> outcome) {
    String target = context.at().shrinkIndex();
    if (context.state().metadata().hasIndex(target)) {
      outcome.onResponse(Step.DONE);
      return;
    }
    Settings.Builder settings =
        Settings.builder()
            .put("index.number_of_replicas", context.index().getNumberOfReplicas())
            .put(LifecycleSettings.SKIP.getKey(), true)
            .putNull(REQUIRE_NODE);
    if (action.numberOfShards() > 0) {
      settings.put("index.number_of_shards", action.numberOfShards());
    }
    if (action.allowWriteAfter()) {
      settings.putNull("index.blocks.write");
    }
    ResizeRequest request = new ResizeRequest(target, context.name());
    request.getTargetIndexRequest().settings(settings);
    request.setWaitForActiveShards(ActiveShardCount.NONE);
    if (action.numberOfShards() == 0) {
      request.setMaxShardSize(action.maxPrimaryShardSize());
    }
    context
        .client()
        .admin()
        .indices()
        .resizeIndex(
            request,
            ActionListener.wrap(
                _ -> outcome.onResponse(Step.DONE),
                failure -> {
                  if (failure instanceof ResourceAlreadyExistsException) {
                    outcome.onResponse(Step.DONE);
                  } else {
                    outcome.onFailure(failure);
                  }
                }));
  }

  private static Step.Outcome isShrunk(StepContext context) {
    IndexMetadata target = context.state().metadata().index(context.at().shrinkIndex());
    if (target == null) {
      return new Step.Outcome.GoTo(CLEANUP);
    }
    boolean active =
        ActiveShardCount.ALL.enoughShardsActive(context.state(), target.getIndex().getName());
    if (active) {
      return Step.DONE;
    }
    return isLate(context)
        ? new Step.Outcome.GoTo(CLEANUP)
        : Step.waiting("Waiting for shrunk index to become active");
  }

  /// Gives the smaller index the lifecycle state of the large one, at its last step.
  private static void copyState(StepContext context, ActionListener<Step.Outcome> outcome) {
    StateUpdates.submit(
        context.cluster(),
        "ilm-copy-execution-state " + context.name(),
        state -> {
          IndexMetadata target = state.metadata().index(context.at().shrinkIndex());
          if (target == null) {
            throw new IllegalStateException(
                "unable to copy execution state from ["
                    + context.name()
                    + "] to ["
                    + context.at().shrinkIndex()
                    + "] as target index does not exist");
          }
          if (!ExecutionState.of(target).isEmpty()) {
            return state;
          }
          StepKey key = context.at().key();
          ExecutionState copied =
              context.at().at(new StepKey(key.phase(), key.action(), LAST), context.now());
          String skip = LifecycleSettings.SKIP.getKey();
          IndexMetadata.Builder changed =
              IndexMetadata.builder(target)
                  .settings(target.getSettings().filter(name -> !name.equals(skip)))
                  .settingsVersion(target.getSettingsVersion() + 1)
                  .putCustom(ExecutionState.CUSTOM, copied.texts());
          return ClusterState.builder(state)
              .metadata(Metadata.builder(state.metadata()).put(changed))
              .build();
        },
        ActionListener.map(outcome, _ -> Step.DONE));
  }

  private static void swapAliases(StepContext context, ActionListener<Step.Outcome> outcome) {
    String target = context.at().shrinkIndex();
    IndicesAliasesRequest request = new IndicesAliasesRequest();
    request.addAliasAction(IndicesAliasesRequest.AliasActions.removeIndex().index(context.name()));
    request.addAliasAction(
        IndicesAliasesRequest.AliasActions.add().index(target).alias(context.name()));
    for (AliasMetadata alias : context.index().getAliases().values()) {
      IndicesAliasesRequest.AliasActions add =
          IndicesAliasesRequest.AliasActions.add()
              .index(target)
              .alias(alias.alias())
              .indexRouting(alias.indexRouting())
              .searchRouting(alias.searchRouting())
              .writeIndex(false);
      if (alias.filter() != null) {
        add.filter(alias.filter().string());
      }
      request.addAliasAction(add);
    }
    context
        .client()
        .admin()
        .indices()
        .aliases(request, ActionListener.map(outcome, _ -> Step.OVER));
  }

  private static void swapBackingIndex(StepContext context, ActionListener<Step.Outcome> outcome) {
    StateUpdates.submit(
        context.cluster(),
        "ilm-replace-backing-index " + context.name(),
        state -> {
          IndexMetadata target = state.metadata().index(context.at().shrinkIndex());
          DataStream stream = context.dataStream();
          DataStream present =
              stream == null ? null : state.metadata().dataStreams().get(stream.getName());
          if (target == null || present == null) {
            return state;
          }
          if (!present.getIndices().contains(context.index().getIndex())) {
            return state;
          }
          return ClusterState.builder(state)
              .metadata(
                  Metadata.builder(state.metadata())
                      .put(
                          present.replaceBackingIndex(
                              context.index().getIndex(), target.getIndex())))
              .build();
        },
        ActionListener.map(outcome, _ -> Step.DONE));
  }

  private static void deleteSource(StepContext context, ActionListener<Step.Outcome> outcome) {
    context
        .client()
        .admin()
        .indices()
        .delete(
            new DeleteIndexRequest(context.name()), ActionListener.map(outcome, _ -> Step.OVER));
  }

  private static Step.Outcome isTarget(StepContext context) {
    String target = context.at().shrinkIndex();
    return target.equals(context.name())
        ? Step.DONE
        : Step.waiting("Waiting for [" + target + "] to take the place of this index");
  }
}
