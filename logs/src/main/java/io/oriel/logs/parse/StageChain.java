package io.oriel.logs.parse;

import java.util.List;

/// Stages one after the other. Used by one thread at a time.
public final class StageChain {
  private final Stage[] stages;
  private final Stage.Next[] into;

  /// @param last gets what comes out
  public StageChain(List<Stage> stages, Stage.Next last) {
    this.stages = stages.toArray(new Stage[0]);
    this.into = new Stage.Next[this.stages.length + 1];
    into[this.stages.length] = last;
    for (int i = this.stages.length - 1; i >= 0; i--) {
      Stage stage = this.stages[i];
      Stage.Next after = into[i + 1];
      into[i] = event -> stage.accept(event, after);
    }
  }

  public void accept(LogEvent event) {
    into[0].accept(event);
  }

  /// Has every stage pass on what has waited too long.
  public void tick(long nanos) {
    for (int i = 0; i < stages.length; i++) {
      stages[i].tick(nanos, into[i + 1]);
    }
  }

  /// Has every stage pass on everything.
  public void flush() {
    for (int i = 0; i < stages.length; i++) {
      stages[i].flush(into[i + 1]);
    }
  }

  /// The offset of the first line that a stage holds back; the largest number when there is none.
  public long pendingFrom() {
    long from = Long.MAX_VALUE;
    for (Stage stage : stages) {
      from = Math.min(from, stage.pendingFrom());
    }
    return from;
  }

  /// How many lines stages hold back.
  public long pendingLines() {
    long lines = 0;
    for (Stage stage : stages) {
      lines += stage.pendingLines();
    }
    return lines;
  }
}
