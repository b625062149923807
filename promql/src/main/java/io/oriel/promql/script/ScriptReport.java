package io.oriel.promql.script;

import java.util.List;

/// How a script went.
///
/// @param passed how many evals met their expectations
/// @param failures what went wrong, one text per eval, with its line
public record ScriptReport(String name, int passed, List<String> failures) {
  public ScriptReport {
    failures = List.copyOf(failures);
  }

  public boolean isSuccess() {
    return failures.isEmpty();
  }

  /// One line: `aggregators.test: 250 passed, 0 failed`.
  public String summary() {
    return name + ": " + passed + " passed, " + failures.size() + " failed";
  }
}
