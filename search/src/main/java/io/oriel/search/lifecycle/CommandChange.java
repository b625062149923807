package io.oriel.search.lifecycle;

import java.util.ArrayList;
import java.util.List;
import org.opensearch.ResourceNotFoundException;
import org.opensearch.action.support.IndicesOptions;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.metadata.Metadata;
import org.opensearch.common.settings.Settings;
import org.opensearch.core.common.Strings;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a {@link LifecycleCommand} does to the cluster's state.
final class CommandChange {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final LifecycleCommand command;
  private final IndexNameExpressionResolver resolver;
  private final long now;

  CommandChange(LifecycleCommand command, IndexNameExpressionResolver resolver, long now) {
    this.command = command;
    this.resolver = resolver;
    this.now = now;
  }

  ClusterState apply(ClusterState state) {
    return switch (command.op()) {
      case PUT_POLICY -> putPolicy(state);
      case DELETE_POLICY -> deletePolicy(state);
      case START -> mode(state, OperationMode.RUNNING);
      case STOP -> mode(state, OperationMode.STOPPING);
      case RETRY -> retry(state);
      case MOVE -> move(state);
      case REMOVE -> remove(state);
    };
  }

  private ClusterState putPolicy(ClusterState state) {
    String name = command.target();
    checkName(name);
    LifecyclePolicy policy = LifecyclePolicy.parseRequest(name, command.body());
    LifecycleMetadata metadata = LifecycleMetadata.of(state);
    StoredPolicy before = metadata.policy(name);
    String json = policy.json();
    if (before != null && before.json().equals(json)) {
      return state;
    }
    StoredPolicy stored = new StoredPolicy(json, before == null ? 1 : before.version() + 1, now);
    ClusterState with = metadata.with(name, stored).into(state);
    return before == null ? with : refreshed(with, name, stored, policy);
  }

  private static void checkName(String name) {
    if (name.isEmpty()
        || name.startsWith("_")
        || name.contains(",")
        || name.contains(" ")
        || name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 255) {
      throw new IllegalArgumentException(
          "invalid policy name ["
              + name
              + "]: must not be empty or longer than 255 bytes, start with '_', or contain ',' or"
              + " ' '");
    }
  }

  /// Indices in a phase whose steps stay the same get the phase's new settings at once.
  private ClusterState refreshed(
      ClusterState state, String name, StoredPolicy stored, LifecyclePolicy policy) {
    ClusterState now = state;
    for (IndexMetadata index : state.metadata().indices().values()) {
      ExecutionState at = ExecutionState.of(index);
      Phase phase = Phase.ofWord(at.phase()).orElse(null);
      if (phase == null
          || at.phaseDefinition().isEmpty()
          || !LifecycleSettings.NAME.get(index.getSettings()).equals(name)) {
        continue;
      }
      LifecyclePolicy.PhasePart next = policy.phase(phase).orElse(null);
      if (next == null) {
        continue;
      }
      LifecyclePolicy.PhasePart kept =
          LifecyclePolicy.parsePhase(phase, PhaseExecution.parse(at.phaseDefinition()).phaseJson());
      if (PhasePlan.of(phase, kept).keys().equals(PhasePlan.of(phase, next).keys())) {
        String definition = PhaseExecution.of(name, stored, policy, phase).json();
        now = StateUpdates.with(now, index, at.withPhaseDefinition(definition));
      }
    }
    return now;
  }

  private ClusterState deletePolicy(ClusterState state) {
    String name = command.target();
    LifecycleMetadata metadata = LifecycleMetadata.of(state);
    if (metadata.policy(name) == null) {
      throw new ResourceNotFoundException("Lifecycle policy not found: {}", name);
    }
    List<String> users = new ArrayList<>();
    for (IndexMetadata index : state.metadata().indices().values()) {
      if (LifecycleSettings.NAME.get(index.getSettings()).equals(name)) {
        users.add(index.getIndex().getName());
      }
    }
    if (!users.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot delete policy [" + name + "]. It is in use by one or more indices: " + users);
    }
    return metadata.without(name).into(state);
  }

  private static ClusterState mode(ClusterState state, OperationMode mode) {
    LifecycleMetadata metadata = LifecycleMetadata.of(state);
    boolean same = metadata.mode() == mode;
    boolean ended = mode == OperationMode.STOPPING && metadata.mode() == OperationMode.STOPPED;
    return same || ended ? state : metadata.in(mode).into(state);
  }

  private List<IndexMetadata> indices(ClusterState state) {
    String[] names =
        resolver.concreteIndexNames(
            state,
            IndicesOptions.strictExpandOpen(),
            true,
            Strings.splitStringByCommaToArray(command.target()));
    List<IndexMetadata> indices = new ArrayList<>();
    for (String name : names) {
      indices.add(state.metadata().index(name));
    }
    return indices;
  }

  private ClusterState retry(ClusterState state) {
    ClusterState next = state;
    for (IndexMetadata index : indices(state)) {
      ExecutionState at = ExecutionState.of(index);
      if (!at.isError()) {
        throw new IllegalArgumentException(
            "cannot retry an action for an index ["
                + index.getIndex().getName()
                + "] that has not encountered an error when running a Lifecycle Policy");
      }
      next = StateUpdates.with(next, index, withCurrentPhase(state, index, at.retried(0, now)));
    }
    return next;
  }

  /// The state with the policy's present definition of its phase: a retry follows a repair.
  private static ExecutionState withCurrentPhase(
      ClusterState state, IndexMetadata index, ExecutionState at) {
    String name = LifecycleSettings.NAME.get(index.getSettings());
    StoredPolicy stored = LifecycleMetadata.of(state).policy(name);
    Phase phase = Phase.ofWord(at.phase()).orElse(null);
    if (stored == null || phase == null) {
      return at;
    }
    LifecyclePolicy policy = stored.policy(name);
    LifecyclePolicy.PhasePart part = policy.phase(phase).orElse(null);
    boolean known = part != null && PhasePlan.of(phase, part).step(at.key()).isPresent();
    return known
        ? at.withPhaseDefinition(PhaseExecution.of(name, stored, policy, phase).json())
        : at;
  }

  private ClusterState remove(ClusterState state) {
    ClusterState next = state;
    for (IndexMetadata index : indices(state)) {
      Settings without =
          index
              .getSettings()
              .filter(
                  key ->
                      !key.equals(LifecycleSettings.NAME.getKey())
                          && !key.equals(LifecycleSettings.INDEXING_COMPLETE.getKey()));
      IndexMetadata.Builder changed = IndexMetadata.builder(index);
      if (!without.equals(index.getSettings())) {
        changed.settings(without).settingsVersion(index.getSettingsVersion() + 1);
      }
      changed.removeCustom(ExecutionState.CUSTOM);
      next =
          ClusterState.builder(next)
              .metadata(Metadata.builder(next.metadata()).put(changed))
              .build();
    }
    return next;
  }

  private ClusterState move(ClusterState state) {
    IndexMetadata index = state.metadata().index(command.target());
    if (index == null) {
      throw new IllegalArgumentException("index [" + command.target() + "] does not exist");
    }
    String name = LifecycleSettings.NAME.get(index.getSettings());
    StoredPolicy stored = LifecycleMetadata.of(state).policy(name);
    if (name.isEmpty() || stored == null) {
      throw new IllegalArgumentException(
          "index [" + command.target() + "] is not associated with an Index Lifecycle Policy");
    }
    JsonNode body = body();
    StepKey from = key(body, "current_step");
    ExecutionState at = ExecutionState.of(index);
    if (!at.key().equals(from)) {
      throw new IllegalArgumentException(
          "index ["
              + command.target()
              + "] is not on current step ["
              + from.json()
              + "], currently: ["
              + at.key().json()
              + "]");
    }
    LifecyclePolicy policy = stored.policy(name);
    JsonNode wanted = body.path("next_step");
    String word = wanted.path("phase").asString("");
    if (word.equals(StepKey.NEW)) {
      return StateUpdates.with(state, index, at.at(StepKey.START, now).withPhaseDefinition(""));
    }
    Phase phase = Phase.ofWord(word).orElse(null);
    LifecyclePolicy.PhasePart part = phase == null ? null : policy.phase(phase).orElse(null);
    if (phase == null || part == null) {
      throw new IllegalArgumentException("phase [" + word + "] not found in policy [" + name + "]");
    }
    StepKey to = target(PhasePlan.of(phase, part), phase, wanted);
    String definition = PhaseExecution.of(name, stored, policy, phase).json();
    return StateUpdates.with(state, index, at.at(to, now).withPhaseDefinition(definition));
  }

  private JsonNode body() {
    try {
      return JSON.readTree(command.body());
    } catch (JacksonException e) {
      throw new IllegalArgumentException("request is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static StepKey key(JsonNode body, String field) {
    JsonNode key = body.get(field);
    if (key == null) {
      throw new IllegalArgumentException("Required [" + field + "]");
    }
    return new StepKey(
        key.path("phase").asString(""),
        key.path("action").asString(""),
        key.path("name").asString(""));
  }

  private static StepKey target(PhasePlan plan, Phase phase, JsonNode wanted) {
    String action = wanted.path("action").asString("");
    String step = wanted.path("name").asString("");
    if (action.isEmpty()) {
      return plan.first();
    }
    StepKey end = StepKey.endOf(phase.word());
    if (action.equals(end.action())) {
      return end;
    }
    for (StepKey key : plan.keys()) {
      if (key.action().equals(action) && (step.isEmpty() || key.step().equals(step))) {
        return key;
      }
    }
    throw new IllegalArgumentException(
        "step ["
            + new StepKey(phase.word(), action, step).json()
            + "] for index with policy does not exist");
  }
}
