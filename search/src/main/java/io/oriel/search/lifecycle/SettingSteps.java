package io.oriel.search.lifecycle;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.opensearch.action.admin.indices.readonly.AddIndexBlockRequest;
import org.opensearch.action.admin.indices.settings.put.UpdateSettingsRequest;
import org.opensearch.cluster.metadata.DataStream;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.common.settings.Settings;
import org.opensearch.core.action.ActionListener;

/// Actions that change an index' settings and, where shards move by them, wait for the move.
final class SettingSteps {
  private static final String ROUTING = "index.routing.allocation.";

  /** The attribute by which Elasticsearch names the tier of a node's data. */
  static final String TIER = "_tier_preference";

  private SettingSteps() {}

  static List<Step> priority(LifecycleAction.SetPriority action) {
    return List.of(
        Step.act(
            "set_priority",
            (context, outcome) -> {
              Settings.Builder settings = Settings.builder();
              if (action.priority().isPresent()) {
                settings.put("index.priority", action.priority().getAsInt());
              } else {
                settings.putNull("index.priority");
              }
              update(context, settings, outcome);
            }));
  }

  static List<Step> readOnly() {
    return List.of(notWriteIndex(), Step.act("readonly", SettingSteps::blockWrites));
  }

  /// A data stream's write index must first be rolled over by someone.
  static Step notWriteIndex() {
    return Step.look(
        "check-not-write-index",
        context -> {
          DataStream stream = context.dataStream();
          return stream != null && context.isStreamWriteIndex()
              ? Step.waiting(
                  "index ["
                      + context.name()
                      + "] is the write index for data stream ["
                      + stream.getName()
                      + "], pausing ILM execution of lifecycle ["
                      + LifecycleSettings.NAME.get(context.index().getSettings())
                      + "] until this index is no longer the write index for the data stream via"
                      + " manual or automated rollover")
              : Step.DONE;
        });
  }

  static void blockWrites(StepContext context, ActionListener<Step.Outcome> outcome) {
    context
        .client()
        .admin()
        .indices()
        .addBlock(
            new AddIndexBlockRequest(IndexMetadata.APIBlock.WRITE, context.name()),
            ActionListener.map(
                outcome,
                response ->
                    response.isAcknowledged()
                        ? Step.DONE
                        : Step.waiting("waiting for writes under way to end")));
  }

  static List<Step> allocate(LifecycleAction.Allocate action) {
    return List.of(
        Step.act(
            "allocate",
            (context, outcome) -> {
              Settings.Builder settings = Settings.builder();
              action.filters().forEach((rule, value) -> settings.put(ROUTING + rule, value));
              action.replicas().ifPresent(n -> settings.put("index.number_of_replicas", n));
              action
                  .totalShardsPerNode()
                  .ifPresent(n -> settings.put(ROUTING + "total_shards_per_node", n));
              update(context, settings, outcome);
            }),
        Step.look("check-allocation", SettingSteps::placed));
  }

  static List<Step> migrate(LifecycleAction.Migrate action) {
    return List.of(
        Step.look(
            "branch-check-skip-action",
            context ->
                action.enabled() && tier(context, context.at().phase()) != null
                    ? Step.DONE
                    : Step.SKIP),
        Step.act(
            "migrate",
            (context, outcome) -> {
              String tier = tier(context, context.at().phase());
              if (tier == null) {
                outcome.onResponse(Step.SKIP);
                return;
              }
              update(context, Settings.builder().put(ROUTING + "include." + TIER, tier), outcome);
            }),
        Step.look("check-migration", SettingSteps::placed));
  }

  /// The tier nearest to {@code phase} that has nodes; null when nodes name no tiers.
  private static @Nullable String tier(StepContext context, String phase) {
    TreeSet<String> present = new TreeSet<>();
    for (DiscoveryNode node : context.state().nodes().getDataNodes().values()) {
      String tier = node.getAttributes().get(TIER);
      if (tier != null) {
        present.add(tier);
      }
    }
    List<String> preference =
        phase.equals(Phase.COLD.word())
            ? List.of("data_cold", "data_warm", "data_hot")
            : List.of("data_warm", "data_hot");
    return preference.stream().filter(present::contains).findFirst().orElse(null);
  }

  private static Step.Outcome placed(StepContext context) {
    int misplaced = Placement.misplaced(context.state(), context.index());
    return misplaced == 0
        ? Step.DONE
        : new Step.Outcome.Waiting(
            "{\"message\":\"Waiting for ["
                + misplaced
                + "] shards to be allocated to nodes matching the given filters\","
                + "\"shards_left_to_allocate\":"
                + misplaced
                + ",\"all_shards_active\":"
                + Placement.shards(context.state(), context.index()).stream()
                    .allMatch(shard -> shard.active())
                + ",\"number_of_replicas\":"
                + context.index().getNumberOfReplicas()
                + "}");
  }

  static void update(
      StepContext context, Settings.Builder settings, ActionListener<Step.Outcome> outcome) {
    context
        .client()
        .admin()
        .indices()
        .updateSettings(
            new UpdateSettingsRequest(context.name()).settings(settings),
            ActionListener.map(outcome, _ -> Step.DONE));
  }
}
