package io.oriel.alerting.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a template does, one statement after the other.
sealed interface Node {
  int line();

  record Text(String text, int line) implements Node {}

  record Action(Pipeline pipeline, int line) implements Node {}

  record If(Pipeline condition, List<Node> then, List<Node> otherwise, int line) implements Node {}

  record With(Pipeline value, List<Node> then, List<Node> otherwise, int line) implements Node {}

  record Range(Pipeline items, List<Node> body, List<Node> otherwise, int line) implements Node {}

  record Call(String template, @Nullable Pipeline data, int line) implements Node {}

  record Break(int line) implements Node {}

  record Continue(int line) implements Node {}

  /// Commands whose results feed the next one's last argument, and the variables that get the last
  /// result.
  ///
  /// @param declares whether the variables are new (`:=`) or assigned (`=`)
  record Pipeline(List<String> variables, boolean declares, List<Command> commands, int line) {}

  /// Operands of which the first may be a function or method.
  record Command(List<Operand> operands) {}

  /// Something with a value.
  sealed interface Operand {
    record Literal(@Nullable Object value) implements Operand {}

    record Dot() implements Operand {}

    record Function(String name) implements Operand {}

    /// `.a.b`: members of the dot.
    record Field(List<String> path) implements Operand {}

    /// `$x.a.b`: members of a variable.
    record Variable(String name, List<String> path) implements Operand {}

    /// `(…).a.b`: members of a pipeline's result.
    record Nested(Pipeline pipeline, List<String> path) implements Operand {}
  }
}
