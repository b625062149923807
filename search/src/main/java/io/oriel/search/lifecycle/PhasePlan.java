package io.oriel.search.lifecycle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The steps of a phase, action by action.
final class PhasePlan {
  private final Phase phase;
  private final Map<String, List<Step>> actions;

  private PhasePlan(Phase phase, Map<String, List<Step>> actions) {
    this.phase = phase;
    this.actions = actions;
  }

  static PhasePlan of(Phase phase, LifecyclePolicy.PhasePart part) {
    Map<String, List<Step>> actions = new LinkedHashMap<>();
    part.actions().forEach((name, action) -> actions.put(name, steps(action)));
    return new PhasePlan(phase, actions);
  }

  private static List<Step> steps(LifecycleAction action) {
    return switch (action) {
      case LifecycleAction.SetPriority priority -> SettingSteps.priority(priority);
      case LifecycleAction.Unfollow _ ->
          List.of(Step.look("branch-check-unfollow-prerequisites", _ -> Step.SKIP));
      case LifecycleAction.Rollover rollover -> RolloverSteps.of(rollover.conditions());
      case LifecycleAction.ReadOnly _ -> SettingSteps.readOnly();
      case LifecycleAction.ForceMerge merge -> ForceMergeSteps.of(merge.maxNumSegments());
      case LifecycleAction.Shrink shrink -> ShrinkSteps.of(shrink);
      case LifecycleAction.Allocate allocate -> SettingSteps.allocate(allocate);
      case LifecycleAction.Migrate migrate -> SettingSteps.migrate(migrate);
      case LifecycleAction.Freeze _ -> List.of(Step.look("freeze", _ -> Step.DONE));
      case LifecycleAction.Delete _ -> DeleteSteps.of();
    };
  }

  /// Where an index stands that has just come into the phase.
  StepKey first() {
    for (Map.Entry<String, List<Step>> action : actions.entrySet()) {
      return new StepKey(phase.word(), action.getKey(), action.getValue().get(0).name());
    }
    return StepKey.endOf(phase.word());
  }

  Optional<Step> step(StepKey key) {
    return actions.getOrDefault(key.action(), List.of()).stream()
        .filter(step -> step.name().equals(key.step()))
        .findFirst();
  }

  /// What follows {@code key} within its action, or after that action.
  StepKey after(StepKey key) {
    List<Step> steps = actions.getOrDefault(key.action(), List.of());
    for (int i = 0; i + 1 < steps.size(); i++) {
      if (steps.get(i).name().equals(key.step())) {
        return new StepKey(key.phase(), key.action(), steps.get(i + 1).name());
      }
    }
    return afterAction(key);
  }

  /// The first step of the action after that of {@code key}.
  StepKey afterAction(StepKey key) {
    boolean passed = false;
    for (Map.Entry<String, List<Step>> action : actions.entrySet()) {
      if (passed) {
        return new StepKey(key.phase(), action.getKey(), action.getValue().get(0).name());
      }
      passed = action.getKey().equals(key.action());
    }
    return StepKey.endOf(key.phase());
  }

  /// The steps by name: what must stay for a changed policy to apply to a phase under way.
  List<StepKey> keys() {
    List<StepKey> keys = new ArrayList<>();
    actions.forEach(
        (action, steps) ->
            steps.forEach(step -> keys.add(new StepKey(phase.word(), action, step.name()))));
    return keys;
  }
}
