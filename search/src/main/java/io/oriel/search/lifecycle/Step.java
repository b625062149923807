package io.oriel.search.lifecycle;

import java.util.function.UnaryOperator;
import org.opensearch.core.action.ActionListener;

/// One thing to do or to wait for.
///
/// @param name upstream's
/// @param when what has it looked at again
record Step(String name, When when, Work work) {
  /// When a step is run.
  enum When {
    /** At every change of the cluster's state, since all it needs is in there. */
    CHANGE,
    /** At every poll, since it asks nodes. */
    POLL
  }

  /// What became of a run.
  sealed interface Outcome {
    /// On to the next step.
    record Done() implements Outcome {}

    /// On to the next step, with what the index keeps of its state changed.
    record DoneWith(UnaryOperator<ExecutionState> change) implements Outcome {}

    /// Nothing else of this action is needed.
    record SkipAction() implements Outcome {}

    /// On to another step of the same action.
    record GoTo(String step) implements Outcome {}

    /// Not yet.
    ///
    /// @param info for `step_info`, JSON; empty for none
    record Waiting(String info) implements Outcome {}

    /// There is nothing left to look after, or the step has moved on by itself.
    record Over() implements Outcome {}
  }

  static final Outcome DONE = new Outcome.Done();
  static final Outcome SKIP = new Outcome.SkipAction();
  static final Outcome OVER = new Outcome.Over();
  static final Outcome WAITING = new Outcome.Waiting("");

  /// Does it. May be run again at any time, also when it is done already.
  interface Work {
    void run(StepContext context, ActionListener<Outcome> outcome) throws Exception;
  }

  /// A step that only looks at the cluster's state.
  interface Look {
    Outcome look(StepContext context) throws Exception;
  }

  static Step look(String name, Look look) {
    return new Step(
        name, When.CHANGE, (context, outcome) -> outcome.onResponse(look.look(context)));
  }

  static Step act(String name, Work work) {
    return new Step(name, When.CHANGE, work);
  }

  static Step poll(String name, Work work) {
    return new Step(name, When.POLL, work);
  }

  static Outcome waiting(String message) {
    return new Outcome.Waiting("{\"message\":\"" + Reasons.escape(message) + "\"}");
  }
}
