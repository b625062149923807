package io.oriel.search.lifecycle;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.opensearch.cluster.ClusterChangedEvent;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.ClusterStateListener;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.core.action.ActionListener;
import org.opensearch.index.IndexNotFoundException;
import org.opensearch.threadpool.Scheduler;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.client.Client;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out policies, on the elected cluster manager only. Thread-safe.
///
/// It looks at every managed index at each change of the cluster's state, and at each poll also at
/// what only nodes can tell and at failed steps, which are tried again then. One index is worked on
/// by one run at a time: a run ends when the state says where it led.
final class LifecycleRunner implements ClusterStateListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LifecycleRunner.class);

  private final Client client;
  private final ClusterService cluster;
  private final ThreadPool threads;
  private final LongSupplier now;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean sweepDue = new AtomicBoolean();
  private volatile Scheduler.@Nullable Cancellable poll;
  private volatile boolean closed;

  LifecycleRunner(Client client, ClusterService cluster, ThreadPool threads, LongSupplier now) {
    this.client = client;
    this.cluster = cluster;
    this.threads = threads;
    this.now = now;
  }

  /// Begins to listen and to poll.
  void start(TimeValue interval) {
    cluster.addListener(this);
    cluster
        .getClusterSettings()
        .addSettingsUpdateConsumer(LifecycleSettings.POLL_INTERVAL, this::pollEvery);
    pollEvery(interval);
  }

  private synchronized void pollEvery(TimeValue interval) {
    Scheduler.Cancellable before = poll;
    if (before != null) {
      before.cancel();
    }
    if (!closed) {
      poll = threads.scheduleWithFixedDelay(() -> sweep(true), interval, ThreadPool.Names.GENERIC);
    }
  }

  @Override
  public void clusterChanged(ClusterChangedEvent event) {
    if (event.localNodeClusterManager()
        && (event.metadataChanged() || event.routingTableChanged() || event.nodesChanged())) {
      soon();
    }
  }

  private void soon() {
    if (!closed && sweepDue.compareAndSet(false, true)) {
      threads
          .executor(ThreadPool.Names.GENERIC)
          .execute(
              () -> {
                sweepDue.set(false);
                sweep(false);
              });
    }
  }

  private void sweep(boolean polled) {
    if (closed || !cluster.isStateInitialised()) {
      return;
    }
    ClusterState state = cluster.state();
    if (!state.nodes().isLocalNodeElectedClusterManager()) {
      return;
    }
    LifecycleMetadata metadata = LifecycleMetadata.of(state);
    if (metadata.mode() == OperationMode.STOPPED) {
      return;
    }
    boolean unbroken = false;
    for (IndexMetadata index : state.metadata().indices().values()) {
      if (!isManaged(index)) {
        continue;
      }
      ExecutionState at = ExecutionState.of(index);
      boolean mustGoOn = at.key().action().equals("shrink") && !at.isError();
      unbroken |= mustGoOn;
      if (metadata.mode() == OperationMode.RUNNING || mustGoOn) {
        look(state, index, polled);
      }
    }
    if (metadata.mode() == OperationMode.STOPPING && !unbroken) {
      StateUpdates.submit(
          cluster,
          "ilm-stopped",
          current -> {
            LifecycleMetadata present = LifecycleMetadata.of(current);
            return present.mode() == OperationMode.STOPPING
                ? present.in(OperationMode.STOPPED).into(current)
                : current;
          },
          told("ilm-stopped"));
    }
  }

  private static boolean isManaged(IndexMetadata index) {
    return !LifecycleSettings.NAME.get(index.getSettings()).isEmpty()
        && !LifecycleSettings.SKIP.get(index.getSettings())
        && index.getState() == IndexMetadata.State.OPEN;
  }

  private void look(ClusterState state, IndexMetadata index, boolean polled) {
    String uuid = index.getIndexUUID();
    if (!underWay.add(uuid)) {
      return;
    }
    boolean ends = true;
    try {
      Run run = new Run(state, index, polled);
      ends = !run.begin();
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("index", index.getIndex().getName())
          .setCause(e)
          .log("cannot look after an index, trying again at the next change");
    } finally {
      if (ends) {
        underWay.remove(uuid);
      }
    }
  }

  private ActionListener<ClusterState> told(String what) {
    return ActionListener.wrap(
        _ -> {},
        e -> LOG.atDebug().addKeyValue("task", what).setCause(e).log("state update was not made"));
  }

  /// One look at one index.
  private final class Run {
    private final ClusterState state;
    private final IndexMetadata index;
    private final boolean polled;
    private final ExecutionState at;
    private final StepKey key;
    private final String policyName;
    private final @Nullable StoredPolicy stored;

    Run(ClusterState state, IndexMetadata index, boolean polled) {
      this.state = state;
      this.index = index;
      this.polled = polled;
      this.at = ExecutionState.of(index);
      this.key = at.key();
      this.policyName = LifecycleSettings.NAME.get(index.getSettings());
      this.stored = LifecycleMetadata.of(state).policy(policyName);
    }

    /// @return whether something is under way that will tell when it ends
    boolean begin() {
      if (stored == null) {
        return inform(
            "{\"type\":\"illegal_argument_exception\",\"reason\":\"policy ["
                + Reasons.escape(policyName)
                + "] does not exist\"}");
      }
      if (at.isEmpty()) {
        long created = Origin.of(index);
        return change("init", _ -> ExecutionState.start(created, now.getAsLong()));
      }
      if (at.isError()) {
        return polled && at.isRetryable() && retry();
      }
      if (key.isPhaseEnd()) {
        return nextPhase(stored);
      }
      return step();
    }

    private boolean retry() {
      int count = at.retries() + 1;
      return change("retry", before -> before.retried(count, now.getAsLong()));
    }

    private boolean nextPhase(StoredPolicy policy) {
      LifecyclePolicy parsed = policy.policy(policyName);
      Phase next = parsed.after(key.phase()).orElse(null);
      if (next == null) {
        return false;
      }
      LifecyclePolicy.PhasePart part = parsed.phase(next).orElseThrow();
      long age = now.getAsLong() - at.lifecycleDate();
      if (age < part.minAge().millis()) {
        return false;
      }
      String definition = PhaseExecution.of(policyName, policy, parsed, next).json();
      StepKey first = PhasePlan.of(next, part).first();
      return change(
          "phase " + next.word(),
          before -> before.at(first, now.getAsLong()).withPhaseDefinition(definition));
    }

    private boolean step() {
      PhasePlan plan;
      Step step;
      try {
        Phase phase = Phase.ofWord(key.phase()).orElseThrow();
        plan =
            PhasePlan.of(
                phase,
                LifecyclePolicy.parsePhase(
                    phase, PhaseExecution.parse(at.phaseDefinition()).phaseJson()));
        step =
            plan.step(key)
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            "current step " + key.json() + " does not exist"));
      } catch (RuntimeException e) {
        return fail(e, false);
      }
      if (step.when() == Step.When.POLL && !polled) {
        return false;
      }
      StepContext context = new StepContext(client, cluster, state, index, at, now.getAsLong());
      ActionListener<Step.Outcome> outcome =
          ActionListener.notifyOnce(
              ActionListener.wrap(result -> settle(plan, result), e -> settleFailure(e)));
      try {
        step.work().run(context, outcome);
      } catch (Exception e) {
        outcome.onFailure(e);
      }
      return true;
    }

    private void settle(PhasePlan plan, Step.Outcome result) {
      boolean goesOn =
          switch (result) {
            case Step.Outcome.Done _ -> move(plan.after(key), before -> before);
            case Step.Outcome.DoneWith with -> move(plan.after(key), with.change());
            case Step.Outcome.SkipAction _ -> move(plan.afterAction(key), before -> before);
            case Step.Outcome.GoTo to ->
                move(new StepKey(key.phase(), key.action(), to.step()), before -> before);
            case Step.Outcome.Waiting waiting -> inform(waiting.info());
            case Step.Outcome.Over _ -> false;
          };
      if (!goesOn) {
        end();
      }
    }

    private void settleFailure(Exception e) {
      boolean gone =
          e instanceof IndexNotFoundException
              && !cluster.state().metadata().hasIndex(index.getIndex());
      if (gone || !fail(e, true)) {
        end();
      }
    }

    private boolean move(StepKey to, java.util.function.UnaryOperator<ExecutionState> also) {
      return change("move to " + to.step(), before -> also.apply(before).at(to, now.getAsLong()));
    }

    private boolean fail(Exception e, boolean retryable) {
      LOG.atWarn()
          .addKeyValue("index", index.getIndex().getName())
          .addKeyValue("policy", policyName)
          .addKeyValue("step", key.step())
          .addKeyValue("reason", e.getMessage())
          .log("lifecycle step failed, trying again at the next poll");
      String info = Reasons.of(e);
      return change("error", before -> before.failed(key.step(), retryable, info, now.getAsLong()));
    }

    private boolean inform(String info) {
      return !at.stepInfo().equals(info) && change("info", before -> before.withStepInfo(info));
    }

    private boolean change(
        String what, java.util.function.UnaryOperator<ExecutionState> operation) {
      StateUpdates.submit(
          cluster,
          "ilm-" + what + " [" + index.getIndex().getName() + "]",
          current -> {
            IndexMetadata present = current.metadata().index(index.getIndex());
            if (present == null) {
              return current;
            }
            ExecutionState before = ExecutionState.of(present);
            return before.key().equals(key)
                ? StateUpdates.with(current, present, operation.apply(before))
                : current;
          },
          ActionListener.wrap(_ -> end(), _ -> end()));
      return true;
    }

    private void end() {
      underWay.remove(index.getIndexUUID());
      soon();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Scheduler.Cancellable present = poll;
    if (present != null) {
      present.cancel();
    }
    cluster.removeListener(this);
  }
}
