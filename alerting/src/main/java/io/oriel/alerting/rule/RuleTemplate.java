package io.oriel.alerting.rule;

import io.oriel.alerting.template.Arguments;
import io.oriel.alerting.template.GoTemplate;
import io.oriel.alerting.template.TemplateException;
import io.oriel.alerting.template.TemplateFunction;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A label's or annotation's template with what rules give it: `$labels`, `$externalLabels`,
/// `$externalURL`, `$value`, and Prometheus' functions.
final class RuleTemplate {
  /** Names of the shorthands, as Prometheus defines them in front of every template. */
  private static final String SHORTHANDS =
      "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}"
          + "{{$externalURL := .ExternalURL}}{{$value := .Value}}";

  private RuleTemplate() {}

  /// Checks that {@code text} is a template.
  ///
  /// @throws TemplateException when it is none
  static void check(String name, String text) {
    GoTemplate.parse(name, SHORTHANDS + text, functions(null, 0, ""));
  }

  /// What all templates of one evaluation share.
  record Context(RuleQuery query, long timeMillis, Labels externalLabels, String externalUrl) {}

  /// The expanded text; a failure is text too, as upstream has it, so that one bad annotation loses
  /// no alert.
  static String expand(String name, String text, Context context, Labels labels, double value) {
    if (text.indexOf("{{") < 0) {
      return text;
    }
    Map<String, Object> data = new HashMap<>();
    data.put("Labels", labels.toMap());
    data.put("ExternalLabels", context.externalLabels().toMap());
    data.put("ExternalURL", context.externalUrl());
    data.put("Value", value);
    try {
      return GoTemplate.parse(
              name,
              SHORTHANDS + text,
              functions(context.query(), context.timeMillis(), context.externalUrl()))
          .execute(data);
    } catch (TemplateException e) {
      return "<error expanding template: error executing template "
          + name
          + ": "
          + e.reason()
          + ">";
    }
  }

  private static Map<String, TemplateFunction> functions(
      @Nullable RuleQuery query, long timeMillis, String externalUrl) {
    Map<String, TemplateFunction> all = new HashMap<>(RuleFunctions.of(externalUrl, timeMillis));
    all.put("query", arguments -> query(query, timeMillis, arguments.exactly(1)));
    return all;
  }

  private static List<Map<String, Object>> query(
      @Nullable RuleQuery query, long timeMillis, Arguments arguments) {
    if (query == null) {
      throw new IllegalArgumentException("query is not available here");
    }
    try {
      return query.at(arguments.text(0), timeMillis).value().stream()
          .map(
              sample ->
                  Map.<String, Object>of(
                      "Labels", sample.labels().toMap(), "Value", sample.value()))
          .toList();
    } catch (OrielException e) {
      throw new IllegalArgumentException(e.reason(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
