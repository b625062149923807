package io.oriel.alerting.template;

import io.oriel.alerting.template.Node.Command;
import io.oriel.alerting.template.Node.Operand;
import io.oriel.alerting.template.Node.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Runs statements over data. Used once; not thread-safe.
final class Interpreter {
  private static final int MAX_STEPS = 1_000_000;
  private static final int MAX_OUTPUT = 4 << 20;
  private static final int MAX_CALLS = 100;

  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private record Variable(String name, @Nullable Object value) {}

  private final String name;
  private final Map<String, List<Node>> templates;
  private final Map<String, TemplateFunction> functions;
  private final StringBuilder out = new StringBuilder();
  private List<Variable> variables = new ArrayList<>();
  private int line;
  private int steps;
  private int calls;

  Interpreter(
      String name, Map<String, List<Node>> templates, Map<String, TemplateFunction> functions) {
    this.name = name;
    this.templates = templates;
    this.functions = functions;
  }

  String run(List<Node> nodes, @Nullable Object data) {
    try {
      variables.add(new Variable("$", data));
      walk(nodes, data);
      return out.toString();
    } catch (IllegalArgumentException e) {
      throw problem(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private Flow walk(List<Node> nodes, @Nullable Object dot) {
    int scope = variables.size();
    for (Node node : nodes) {
      Flow flow = step(node, dot);
      if (flow != Flow.ON) {
        forget(scope);
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow step(Node node, @Nullable Object dot) {
    line = node.line();
    if (++steps > MAX_STEPS) {
      throw problem("more than " + MAX_STEPS + " steps");
    }
    return switch (node) {
      case Node.Text text -> write(text.text());
      case Node.Action action -> {
        Object value = evaluate(action.pipeline(), dot);
        yield action.pipeline().variables().isEmpty() ? write(Values.print(value)) : Flow.ON;
      }
      case Node.If choice -> {
        int scope = variables.size();
        boolean yes = Values.isTrue(evaluate(choice.condition(), dot));
        Flow flow = walk(yes ? choice.then() : choice.otherwise(), dot);
        forget(scope);
        yield flow;
      }
      case Node.With with -> {
        int scope = variables.size();
        Object value = evaluate(with.value(), dot);
        boolean yes = Values.isTrue(value);
        Flow flow = yes ? walk(with.then(), value) : walk(with.otherwise(), dot);
        forget(scope);
        yield flow;
      }
      case Node.Range range -> range(range, dot);
      case Node.Call call -> call(call, dot);
      case Node.Break _ -> Flow.BREAK;
      case Node.Continue _ -> Flow.CONTINUE;
    };
  }

  private Flow range(Node.Range range, @Nullable Object dot) {
    Pipeline pipeline = range.items();
    Object items =
        evaluate(new Pipeline(List.of(), false, pipeline.commands(), pipeline.line()), dot);
    int scope = variables.size();
    boolean any = false;
    switch (items) {
      case List<?> list -> {
        long i = 0;
        for (Object item : list) {
          any = true;
          if (!turn(range, i++, item)) {
            break;
          }
        }
      }
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(Values.print(key), value));
        for (Map.Entry<String, @Nullable Object> item : sorted.entrySet()) {
          any = true;
          if (!turn(range, item.getKey(), item.getValue())) {
            break;
          }
        }
      }
      case Long count -> {
        for (long i = 0; i < count; i++) {
          any = true;
          if (!turn(range, i, i)) {
            break;
          }
        }
      }
      case null -> any = false;
      default -> throw problem("range can't iterate over " + Values.print(items));
    }
    forget(scope);
    return any ? Flow.ON : walk(range.otherwise(), dot);
  }

  /// One round of a loop; false when it is the last by a `break`.
  private boolean turn(Node.Range range, Object key, @Nullable Object item) {
    int scope = variables.size();
    List<String> names = range.items().variables();
    if (names.size() == 2) {
      bind(names.get(0), key, range.items().declares());
      bind(names.get(1), item, range.items().declares());
    } else if (names.size() == 1) {
      bind(names.get(0), item, range.items().declares());
    }
    Flow flow = walk(range.body(), item);
    forget(scope);
    return flow != Flow.BREAK;
  }

  private Flow call(Node.Call call, @Nullable Object dot) {
    List<Node> body = templates.get(call.template());
    if (body == null) {
      throw problem("template \"" + call.template() + "\" not defined");
    }
    if (++calls > MAX_CALLS) {
      throw problem("exceeded maximum template depth (" + MAX_CALLS + ")");
    }
    Object data = call.data() == null ? null : evaluate(call.data(), dot);
    List<Variable> outer = variables;
    variables = new ArrayList<>(List.of(new Variable("$", data)));
    walk(body, data);
    variables = outer;
    calls--;
    return Flow.ON;
  }

  private Flow write(String text) {
    if (out.length() + text.length() > MAX_OUTPUT) {
      throw problem("more than " + MAX_OUTPUT + " characters of output");
    }
    out.append(text);
    return Flow.ON;
  }

  private @Nullable Object evaluate(Pipeline pipeline, @Nullable Object dot) {
    Object value = null;
    boolean first = true;
    for (Command command : pipeline.commands()) {
      value = evaluate(command, dot, first, value);
      first = false;
    }
    for (String variable : pipeline.variables()) {
      bind(variable, value, pipeline.declares());
    }
    return value;
  }

  private @Nullable Object evaluate(
      Command command, @Nullable Object dot, boolean first, @Nullable Object piped) {
    Operand head = command.operands().getFirst();
    if (head instanceof Operand.Function function) {
      if (function.name().equals("and") || function.name().equals("or")) {
        return shortCircuit(function.name().equals("and"), command, dot, first, piped);
      }
      return call(function.name(), arguments(command, dot, first, piped));
    }
    Arguments arguments = arguments(command, dot, first, piped);
    if (arguments.size() == 0) {
      return value(head, dot);
    }
    return switch (head) {
      case Operand.Field field -> members(dot, field.path(), arguments);
      case Operand.Variable variable when !variable.path().isEmpty() ->
          members(lookup(variable.name()), variable.path(), arguments);
      case Operand.Nested nested when !nested.path().isEmpty() ->
          members(evaluate(nested.pipeline(), dot), nested.path(), arguments);
      default -> throw problem("can't give argument to non-function");
    };
  }

  private Arguments arguments(
      Command command, @Nullable Object dot, boolean first, @Nullable Object piped) {
    List<@Nullable Object> arguments = new ArrayList<>();
    for (Operand operand : command.operands().subList(1, command.operands().size())) {
      arguments.add(value(operand, dot));
    }
    if (!first) {
      arguments.add(piped);
    }
    return Arguments.copyOf(arguments);
  }

  /// `and` and `or` stop at the first operand that decides.
  private @Nullable Object shortCircuit(
      boolean and, Command command, @Nullable Object dot, boolean first, @Nullable Object piped) {
    Object last = null;
    for (Operand operand : command.operands().subList(1, command.operands().size())) {
      last = value(operand, dot);
      if (Values.isTrue(last) != and) {
        return last;
      }
    }
    return first ? last : piped;
  }

  private @Nullable Object value(Operand operand, @Nullable Object dot) {
    return switch (operand) {
      case Operand.Literal literal -> literal.value();
      case Operand.Dot _ -> dot;
      case Operand.Function function -> call(function.name(), Arguments.none());
      case Operand.Field field -> members(dot, field.path(), Arguments.none());
      case Operand.Variable variable ->
          members(lookup(variable.name()), variable.path(), Arguments.none());
      case Operand.Nested nested ->
          members(evaluate(nested.pipeline(), dot), nested.path(), Arguments.none());
    };
  }

  private @Nullable Object members(@Nullable Object from, List<String> path, Arguments arguments) {
    Object value = from;
    for (int i = 0; i < path.size(); i++) {
      boolean last = i == path.size() - 1;
      value = Values.member(value, path.get(i), last ? arguments : Arguments.none());
    }
    return value;
  }

  private @Nullable Object call(String function, Arguments arguments) {
    TemplateFunction known = functions.get(function);
    if (known == null) {
      throw problem("function \"" + function + "\" not defined");
    }
    try {
      return known.call(arguments);
    } catch (IllegalArgumentException e) {
      throw problem("error calling " + function + ": " + e.getMessage());
    }
  }

  private @Nullable Object lookup(String variable) {
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name().equals(variable)) {
        return variables.get(i).value();
      }
    }
    throw problem("undefined variable: " + variable);
  }

  private void bind(String variable, @Nullable Object value, boolean declares) {
    if (declares) {
      variables.add(new Variable(variable, value));
      return;
    }
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name().equals(variable)) {
        variables.set(i, new Variable(variable, value));
        return;
      }
    }
    throw problem("undefined variable: " + variable);
  }

  private void forget(int size) {
    while (variables.size() > size) {
      variables.removeLast();
    }
  }

  private TemplateException problem(String text) {
    return new TemplateException(name, line, "executing \"" + name + "\": " + text);
  }
}
