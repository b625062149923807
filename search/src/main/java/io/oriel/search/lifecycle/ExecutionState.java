package io.oriel.search.lifecycle;

import java.util.HashMap;
import java.util.Map;
import org.opensearch.cluster.metadata.IndexMetadata;

/// Where an index stands in its lifecycle: texts by upstream's keys, kept in the index' metadata
/// under `ilm`. Immutable; the `with…` methods copy.
final class ExecutionState {
  static final String CUSTOM = "ilm";

  private static final String PHASE = "phase";
  private static final String ACTION = "action";
  private static final String STEP = "step";
  private static final String PHASE_TIME = "phase_time";
  private static final String ACTION_TIME = "action_time";
  private static final String STEP_TIME = "step_time";
  private static final String FAILED_STEP = "failed_step";
  private static final String RETRYABLE = "is_auto_retryable_error";
  private static final String RETRIES = "failed_step_retry_count";
  private static final String STEP_INFO = "step_info";
  private static final String PREVIOUS_STEP_INFO = "previous_step_info";
  private static final String PHASE_DEFINITION = "phase_definition";
  private static final String LIFECYCLE_DATE = "creation_date";
  private static final String SHRINK_INDEX = "shrink_index_name";
  private static final ExecutionState NONE = new ExecutionState(Map.of());

  private final Map<String, String> texts;

  private ExecutionState(Map<String, String> texts) {
    this.texts = texts;
  }

  static ExecutionState of(IndexMetadata index) {
    Map<String, String> kept = index.getCustomData(CUSTOM);
    return kept == null || kept.isEmpty() ? NONE : new ExecutionState(Map.copyOf(kept));
  }

  /// An index that has just got a policy.
  static ExecutionState start(long lifecycleDate, long now) {
    return NONE.with(LIFECYCLE_DATE, Long.toString(lifecycleDate)).at(StepKey.START, now);
  }

  Map<String, String> texts() {
    return texts;
  }

  boolean isEmpty() {
    return phase().isEmpty();
  }

  String phase() {
    return text(PHASE);
  }

  StepKey key() {
    return new StepKey(phase(), text(ACTION), text(STEP));
  }

  boolean isError() {
    return text(STEP).equals(StepKey.ERROR);
  }

  String failedStep() {
    return text(FAILED_STEP);
  }

  boolean isRetryable() {
    return text(RETRYABLE).equals("true");
  }

  int retries() {
    return (int) number(RETRIES);
  }

  String stepInfo() {
    return text(STEP_INFO);
  }

  String previousStepInfo() {
    return text(PREVIOUS_STEP_INFO);
  }

  String phaseDefinition() {
    return text(PHASE_DEFINITION);
  }

  String shrinkIndex() {
    return text(SHRINK_INDEX);
  }

  long lifecycleDate() {
    return number(LIFECYCLE_DATE);
  }

  long phaseTime() {
    return number(PHASE_TIME);
  }

  long actionTime() {
    return number(ACTION_TIME);
  }

  long stepTime() {
    return number(STEP_TIME);
  }

  /// Standing at {@code key} since {@code now}; errors and what was waited for are left behind, and
  /// the times of phase and action change only with them.
  ExecutionState at(StepKey key, long now) {
    Map<String, String> next = new HashMap<>(texts);
    if (!key.phase().equals(phase())) {
      next.put(PHASE_TIME, Long.toString(now));
    }
    if (!key.phase().equals(phase()) || !key.action().equals(text(ACTION))) {
      next.put(ACTION_TIME, Long.toString(now));
    }
    next.put(STEP_TIME, Long.toString(now));
    next.put(PHASE, key.phase());
    next.put(ACTION, key.action());
    next.put(STEP, key.step());
    keepInfo(next);
    next.remove(FAILED_STEP);
    next.remove(RETRYABLE);
    next.remove(RETRIES);
    return new ExecutionState(Map.copyOf(next));
  }

  /// Standing at an error after {@code failed}.
  ExecutionState failed(String failed, boolean retryable, String info, long now) {
    Map<String, String> next = new HashMap<>(texts);
    keepInfo(next);
    next.put(FAILED_STEP, failed);
    next.put(STEP, StepKey.ERROR);
    next.put(STEP_TIME, Long.toString(now));
    next.put(STEP_INFO, info);
    next.put(RETRYABLE, Boolean.toString(retryable));
    if (!next.containsKey(RETRIES)) {
      next.put(RETRIES, "0");
    }
    return new ExecutionState(Map.copyOf(next));
  }

  /// Back at the failed step; {@code count} retries have been made by themselves.
  ExecutionState retried(int count, long now) {
    String failed = failedStep();
    Map<String, String> next =
        new HashMap<>(at(new StepKey(phase(), text(ACTION), failed), now).texts);
    if (count > 0) {
      next.put(RETRIES, Integer.toString(count));
    }
    return new ExecutionState(Map.copyOf(next));
  }

  private static void keepInfo(Map<String, String> next) {
    String info = next.remove(STEP_INFO);
    if (info != null) {
      next.put(PREVIOUS_STEP_INFO, info);
    }
  }

  ExecutionState withStepInfo(String info) {
    return with(STEP_INFO, info);
  }

  ExecutionState withPhaseDefinition(String json) {
    return with(PHASE_DEFINITION, json);
  }

  ExecutionState withLifecycleDate(long millis) {
    return with(LIFECYCLE_DATE, Long.toString(millis));
  }

  ExecutionState withShrinkIndex(String name) {
    return with(SHRINK_INDEX, name);
  }

  private ExecutionState with(String key, String value) {
    Map<String, String> next = new HashMap<>(texts);
    if (value.isEmpty()) {
      next.remove(key);
    } else {
      next.put(key, value);
    }
    return new ExecutionState(Map.copyOf(next));
  }

  private String text(String key) {
    return texts.getOrDefault(key, "");
  }

  private long number(String key) {
    String text = text(key);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }
}
