package io.oriel.search.lifecycle;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.clustermanager.AcknowledgedResponse;
import org.opensearch.action.support.clustermanager.TransportClusterManagerNodeAction;
import org.opensearch.cluster.AckedClusterStateUpdateTask;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.block.ClusterBlockException;
import org.opensearch.cluster.block.ClusterBlockLevel;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.inject.Inject;
import org.opensearch.core.action.ActionListener;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportService;

/// Brings a {@link LifecycleCommand} to the cluster manager and carries it out there. Public
/// because the engine makes it.
public final class LifecycleCommandTransport
    extends TransportClusterManagerNodeAction<LifecycleCommand, AcknowledgedResponse> {
  /// The clock, as a type that the engine can hand in.
  public static final class Clock {
    private final LongSupplier millis;

    Clock(LongSupplier millis) {
      this.millis = millis;
    }

    long millis() {
      return millis.getAsLong();
    }
  }

  private final Clock clock;

  @Inject
  public LifecycleCommandTransport(
      TransportService transport,
      ClusterService cluster,
      ThreadPool threads,
      ActionFilters filters,
      IndexNameExpressionResolver resolver,
      Clock clock) {
    super(
        LifecycleCommand.TYPE.name(),
        transport,
        cluster,
        threads,
        filters,
        LifecycleCommand::new,
        resolver);
    this.clock = clock;
  }

  @Override
  protected String executor() {
    return ThreadPool.Names.SAME;
  }

  @Override
  protected AcknowledgedResponse read(StreamInput in) throws IOException {
    return new AcknowledgedResponse(in);
  }

  @Override
  protected void clusterManagerOperation(
      LifecycleCommand command, ClusterState state, ActionListener<AcknowledgedResponse> listener) {
    CommandChange change = new CommandChange(command, indexNameExpressionResolver, clock.millis());
    clusterService.submitStateUpdateTask(
        "ilm-" + command.op() + " [" + command.target() + "]",
        new AckedClusterStateUpdateTask<AcknowledgedResponse>(command, listener) {
          @Override
          protected AcknowledgedResponse newResponse(boolean acknowledged) {
            return new AcknowledgedResponse(acknowledged);
          }

          @Override
          public ClusterState execute(ClusterState current) {
            return change.apply(current);
          }
        });
  }

  @Override
  protected ClusterBlockException checkBlock(LifecycleCommand command, ClusterState state) {
    return state.blocks().globalBlockedException(ClusterBlockLevel.METADATA_WRITE);
  }
}
