package io.oriel.alerting.template;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A parsed template with everything it defines. Immutable and thread-safe; each execution is its
/// own.
public final class GoTemplate {
  private final String name;
  private final List<Node> body;
  private final Map<String, List<Node>> defined;
  private final Map<String, TemplateFunction> functions;

  private GoTemplate(
      String name,
      List<Node> body,
      Map<String, List<Node>> defined,
      Map<String, TemplateFunction> functions) {
    this.name = name;
    this.body = body;
    this.defined = defined;
    this.functions = functions;
  }

  /// Parses {@code text}.
  ///
  /// @param name what errors call it
  /// @param functions more functions than Go's own, which they may replace
  /// @throws TemplateException when it is no template, or calls a function that does not exist
  public static GoTemplate parse(
      String name, String text, Map<String, TemplateFunction> functions) {
    Map<String, TemplateFunction> all = new HashMap<>(Builtins.all());
    all.putAll(functions);
    Map<String, List<Node>> defined = new LinkedHashMap<>();
    Set<String> known = new HashSet<>(all.keySet());
    known.addAll(Set.of("and", "or"));
    List<Node> body = new Parser(name, text, known, defined).parse();
    defined.put(name, body);
    return new GoTemplate(name, body, Map.copyOf(defined), Map.copyOf(all));
  }

  /// The same template, which may also call what {@code library} defines.
  public GoTemplate with(GoTemplate library) {
    Map<String, List<Node>> all = new HashMap<>(library.defined);
    all.putAll(defined);
    return new GoTemplate(name, body, Map.copyOf(all), functions);
  }

  /// Runs it over {@code data}.
  ///
  /// @throws TemplateException when it fails or runs too long
  public String execute(@Nullable Object data) {
    return new Interpreter(name, defined, functions).run(body, data);
  }
}
