package io.oriel.search.lifecycle;

import java.util.List;
import org.opensearch.action.admin.indices.forcemerge.ForceMergeRequest;
import org.opensearch.action.admin.indices.segments.IndexSegments;
import org.opensearch.action.admin.indices.segments.IndexShardSegments;
import org.opensearch.action.admin.indices.segments.IndicesSegmentResponse;
import org.opensearch.action.admin.indices.segments.IndicesSegmentsRequest;
import org.opensearch.action.admin.indices.segments.ShardSegments;
import org.opensearch.core.action.ActionListener;

/// Merges an index that is no longer written into few segments.
final class ForceMergeSteps {
  private ForceMergeSteps() {}

  static List<Step> of(int maxNumSegments) {
    return List.of(
        SettingSteps.notWriteIndex(),
        Step.act("forcemerge", (context, outcome) -> merge(maxNumSegments, context, outcome)),
        Step.poll("segment-count", (context, outcome) -> count(maxNumSegments, context, outcome)));
  }

  private static void merge(
      int maxNumSegments, StepContext context, ActionListener<Step.Outcome> outcome) {
    context
        .client()
        .admin()
        .indices()
        .forceMerge(
            new ForceMergeRequest(context.name()).maxNumSegments(maxNumSegments),
            ActionListener.map(
                outcome,
                response -> {
                  if (response.getFailedShards() == 0) {
                    return Step.DONE;
                  }
                  throw new IllegalStateException(
                      "index ["
                          + context.name()
                          + "] encountered failures ["
                          + response.getShardFailures()[0].reason()
                          + "] while being force merged");
                }));
  }

  private static void count(
      int maxNumSegments, StepContext context, ActionListener<Step.Outcome> outcome) {
    context
        .client()
        .admin()
        .indices()
        .segments(
            new IndicesSegmentsRequest(context.name()),
            ActionListener.map(
                outcome,
                response -> {
                  int left = tooMany(response, context.name(), maxNumSegments);
                  return left == 0
                      ? Step.DONE
                      : new Step.Outcome.Waiting(
                          "{\"message\":\"Waiting for ["
                              + left
                              + "] shards to forcemerge\",\"shards_left_to_merge\":"
                              + left
                              + "}");
                }));
  }

  private static int tooMany(IndicesSegmentResponse response, String name, int maxNumSegments) {
    IndexSegments index = response.getIndices().get(name);
    int left = 0;
    if (index != null) {
      for (IndexShardSegments group : index) {
        for (ShardSegments shard : group) {
          left += shard.getSegments().size() > maxNumSegments ? 1 : 0;
        }
      }
    }
    return left;
  }
}
