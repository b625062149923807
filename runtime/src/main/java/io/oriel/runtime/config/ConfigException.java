package io.oriel.runtime.config;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.util.List;
import java.util.stream.Collectors;

/// A config file is refused; the message has one line per problem.
public final class ConfigException extends OrielException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  public ConfigException(List<ConfigProblem> problems) {
    super(
        Kind.INVALID,
        problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// Every mistake, in the order of the file's lines.
  public List<ConfigProblem> problems() {
    return problems;
  }
}
