package io.oriel.alerting.rule;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigException;
import io.oriel.runtime.config.ConfigMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Reads and checks rule files, all mistakes at once. Thread-safe.
public final class RuleFileReader {
  /// Which label names are allowed.
  public enum Naming {
    /** Any Unicode text. */
    UTF8,
    /** `[a-zA-Z_][a-zA-Z0-9_]*` only. */
    LEGACY
  }

  private final Consumer<String> expressionCheck;
  private final Naming naming;

  /// @param expressionCheck throws an `OrielException` for what is not PromQL
  public RuleFileReader(Consumer<String> expressionCheck, Naming naming) {
    this.expressionCheck = expressionCheck;
    this.naming = naming;
  }

  /// Reads {@code file}.
  ///
  /// @throws ConfigException with every mistake in it
  /// @throws IOException when it cannot be read
  public RuleFile read(Path file) throws IOException {
    return read(ConfigDocument.load(file));
  }

  /// Reads {@code yaml}, which mistakes will call {@code name}.
  public RuleFile read(String name, String yaml) {
    return read(ConfigDocument.parse(name, yaml));
  }

  private RuleFile read(ConfigDocument document) {
    List<RuleFile.Group> groups = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ConfigMap in : document.root().maps("groups")) {
      RuleFile.Group group = group(in);
      if (!names.add(group.name())) {
        in.problem(
            "name", "groupname: " + Quoted.of(group.name()) + " is repeated in the same file");
      }
      groups.add(group);
    }
    document.check();
    return new RuleFile(document.file(), groups);
  }

  private RuleFile.Group group(ConfigMap in) {
    String name = in.string("name", "");
    if (name.isEmpty()) {
      in.problem("name", "Groupname must not be empty");
    }
    in.choice("partial_response_strategy", "abort", strategies());
    Labels labels = labels(in, "labels", false);
    List<RuleConfig> rules = new ArrayList<>();
    for (ConfigMap rule : in.maps("rules")) {
      rule.choice("partial_response_strategy", "abort", strategies());
      rules.add(rule(rule));
    }
    Optional<Long> interval = in.optionalDurationMillis("interval").filter(millis -> millis > 0);
    return new RuleFile.Group(
        name,
        interval,
        in.optionalDurationMillis("query_offset"),
        (int) in.integer("limit", 0),
        labels,
        rules);
  }

  private static Map<String, String> strategies() {
    return Map.of("warn", "warn", "abort", "abort", "WARN", "warn", "ABORT", "abort");
  }

  private RuleConfig rule(ConfigMap in) {
    String record = in.string("record", "");
    String alert = in.string("alert", "");
    if (!record.isEmpty() && !alert.isEmpty()) {
      in.problem("alert", "only one of 'record' and 'alert' must be set");
    } else if (record.isEmpty() && alert.isEmpty()) {
      in.problem("", "one of 'record' or 'alert' must be set");
    }
    String expression = in.string("expr", "");
    if (expression.isEmpty()) {
      in.problem("expr", "field 'expr' must be set in rule");
    } else {
      checked(in, "expr", () -> expressionCheck.accept(expression), "could not parse expression: ");
    }
    long forMillis = in.durationMillis("for", 0);
    long keepMillis = in.durationMillis("keep_firing_for", 0);
    Labels labels = labels(in, "labels", record.isEmpty());
    Map<String, String> annotations = annotations(in, record.isEmpty() ? alert : record);
    int line = in.line(record.isEmpty() ? "alert" : "record");
    if (record.isEmpty()) {
      return new RuleConfig.Alerting(
          alert, expression, forMillis, keepMillis, labels, annotations, line);
    }
    checkRecording(in, record);
    return new RuleConfig.Recording(record, expression, labels, line);
  }

  private void checkRecording(ConfigMap in, String record) {
    for (String key : List.of("annotations", "for", "keep_firing_for")) {
      boolean set =
          key.equals("annotations")
              ? !in.map(key).keys().isEmpty()
              : in.durationMillis(key, 0) != 0;
      if (set) {
        in.problem(key, "invalid field '" + key + "' in recording rule");
      }
    }
    boolean valid =
        naming == Naming.LEGACY ? LabelName.isLegacyMetric(record) : LabelName.isUtf8(record);
    if (!valid) {
      in.problem("record", "invalid recording rule name: " + record);
    } else if (record.indexOf('{') >= 0 || record.indexOf('}') >= 0) {
      in.problem(
          "record", "braces present in the recording rule name; should it be in expr?: " + record);
    }
  }

  private Labels labels(ConfigMap in, String key, boolean templates) {
    LabelsBuilder labels = new LabelsBuilder();
    in.stringMap(key)
        .forEach(
            (name, value) -> {
              if (!allowed(name) || name.equals(LabelName.METRIC)) {
                in.problem(key, "invalid label name: " + name);
              }
              if (templates) {
                checked(
                    in,
                    key,
                    () -> RuleTemplate.check(name, value),
                    "label " + Quoted.of(name) + ": ");
              }
              labels.set(name, value);
            });
    return labels.build();
  }

  private Map<String, String> annotations(ConfigMap in, String rule) {
    Map<String, String> annotations = in.stringMap("annotations");
    annotations.forEach(
        (name, value) -> {
          if (!allowed(name)) {
            in.problem("annotations", "invalid annotation name: " + name);
          }
          checked(
              in,
              "annotations",
              () -> RuleTemplate.check("__alert_" + rule, value),
              "annotation " + Quoted.of(name) + ": ");
        });
    return annotations;
  }

  private boolean allowed(String name) {
    Predicate<String> rule =
        switch (naming) {
          case UTF8 -> LabelName::isUtf8;
          case LEGACY -> LabelName::isLegacy;
        };
    return rule.test(name);
  }

  private static void checked(ConfigMap in, String key, Runnable check, String prefix) {
    try {
      check.run();
    } catch (OrielException e) {
      in.problem(key, prefix + e.reason());
    }
  }
}
