package io.oriel.search.lifecycle;

/// Where an index stands, by upstream's names: as in `hot`, `rollover`, `check-rollover-ready`.
record StepKey(String phase, String action, String step) {
  static final String COMPLETE = "complete";
  static final String ERROR = "ERROR";
  static final String NEW = "new";

  /** Managed, and in no phase yet. */
  static final StepKey START = new StepKey(NEW, COMPLETE, COMPLETE);

  static StepKey endOf(String phase) {
    return new StepKey(phase, COMPLETE, COMPLETE);
  }

  boolean isPhaseEnd() {
    return action.equals(COMPLETE) && step.equals(COMPLETE);
  }

  /// As upstream prints it within errors.
  String json() {
    return "{\"phase\":\"" + phase + "\",\"action\":\"" + action + "\",\"name\":\"" + step + "\"}";
  }
}
