package io.oriel.search.lifecycle;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.opensearch.action.ActionRequestValidationException;
import org.opensearch.action.ActionType;
import org.opensearch.action.support.clustermanager.AcknowledgedRequest;
import org.opensearch.action.support.clustermanager.AcknowledgedResponse;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;

/// Something to change about policies or where indices stand; carried out by the cluster manager,
/// whichever node was asked.
final class LifecycleCommand extends AcknowledgedRequest<LifecycleCommand> {
  static final ActionType<AcknowledgedResponse> TYPE =
      new ActionType<>("cluster:admin/ilm/command", AcknowledgedResponse::new);

  /// What to do.
  enum Op {
    PUT_POLICY,
    DELETE_POLICY,
    START,
    STOP,
    RETRY,
    MOVE,
    REMOVE
  }

  private final Op op;
  private final String target;
  private final String body;

  /// @param target a policy's name or an expression for indices; empty when the operation has none
  /// @param body of the request; empty when there is none
  LifecycleCommand(Op op, String target, String body) {
    this.op = op;
    this.target = target;
    this.body = body;
  }

  LifecycleCommand(StreamInput in) throws IOException {
    super(in);
    op = in.readEnum(Op.class);
    target = in.readString();
    body = in.readString();
  }

  @Override
  public void writeTo(StreamOutput out) throws IOException {
    super.writeTo(out);
    out.writeEnum(op);
    out.writeString(target);
    out.writeString(body);
  }

  @Override
  public @Nullable ActionRequestValidationException validate() {
    return null;
  }

  Op op() {
    return op;
  }

  String target() {
    return target;
  }

  String body() {
    return body;
  }
}
