package io.oriel.search.lifecycle;

import java.util.List;
import org.opensearch.action.admin.indices.datastream.DeleteDataStreamAction;
import org.opensearch.action.admin.indices.delete.DeleteIndexRequest;
import org.opensearch.cluster.metadata.DataStream;
import org.opensearch.core.action.ActionListener;

/// The end of an index.
final class DeleteSteps {
  private DeleteSteps() {}

  static List<Step> of() {
    return List.of(
        Step.look("wait-for-shard-history-leases", _ -> Step.DONE),
        Step.look("cleanup-snapshot", _ -> Step.DONE),
        Step.act("delete", DeleteSteps::delete));
  }

  private static void delete(StepContext context, ActionListener<Step.Outcome> outcome) {
    DataStream stream = context.dataStream();
    if (stream != null && context.isStreamWriteIndex()) {
      if (stream.getIndices().size() > 1) {
        throw new IllegalStateException(
            "index ["
                + context.name()
                + "] is the write index for data stream ["
                + stream.getName()
                + "]. stopping execution of lifecycle ["
                + LifecycleSettings.NAME.get(context.index().getSettings())
                + "] as a data stream's write index cannot be deleted. manually rolling over the"
                + " index will resume the execution of the policy as the index will not be the data"
                + " stream's write index anymore");
      }
      context
          .client()
          .admin()
          .indices()
          .deleteDataStream(
              new DeleteDataStreamAction.Request(new String[] {stream.getName()}),
              ActionListener.map(outcome, _ -> Step.OVER));
      return;
    }
    context
        .client()
        .admin()
        .indices()
        .delete(
            new DeleteIndexRequest(context.name()), ActionListener.map(outcome, _ -> Step.OVER));
  }
}
