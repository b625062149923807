package io.oriel.alerting.rule;

import java.util.concurrent.Semaphore;

/// How many rules of all groups may run beside the one that each group runs itself: upstream's
/// `--rules.max-concurrent-evals`. Thread-safe.
public final class RuleSlots {
  private final int slots;
  private final Semaphore free;

  private RuleSlots(int slots) {
    this.slots = slots;
    free = new Semaphore(slots);
  }

  /// Every group evaluates its rules one by one, in their order.
  public static RuleSlots none() {
    return new RuleSlots(0);
  }

  /// Rules of a group that do not depend on one another are evaluated at once, as long as there is
  /// one of {@code slots} free.
  public static RuleSlots of(int slots) {
    return new RuleSlots(slots);
  }

  boolean areNone() {
    return slots == 0;
  }

  /// Whether there is one; then {@link #release} gives it back.
  boolean take() {
    return free.tryAcquire();
  }

  void release() {
    free.release();
  }
}
