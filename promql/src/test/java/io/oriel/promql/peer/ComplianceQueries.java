package io.oriel.promql.peer;

import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The queries of Prometheus' compliance suite, every template with all of its values.
final class ComplianceQueries {
  private static final Pattern VARIABLE = Pattern.compile("\\{\\{ *\\.(\\w+) *}}");
  private static final Map<String, String> VALUES = new TreeMap<>();

  static {
    VALUES.put("range", "1s 15s 1m 5m 15m 1h");
    VALUES.put("offset", "1m 5m 10m");
    VALUES.put("simpleAggrOp", "sum avg max min count stddev stdvar");
    VALUES.put("topBottomOp", "topk bottomk");
    VALUES.put("quantile", "-0.5 0.1 0.5 0.75 0.95 0.90 0.99 1 1.5");
    VALUES.put("arithBinOp", "+ - * / % ^");
    VALUES.put("compBinOp", "== != < > <= >=");
    VALUES.put("binOp", "+ - * / % ^ == != < > <= >=");
    VALUES.put("simpleMathFunc", "abs ceil floor exp sqrt ln log2 log10 round");
    VALUES.put("extrapolatedRateFunc", "delta rate increase");
    VALUES.put("clampFunc", "clamp_min clamp_max");
    VALUES.put("instantRateFunc", "idelta irate");
    VALUES.put("dateFunc", "day_of_month day_of_week days_in_month hour minute month year");
    VALUES.put("smoothingFactor", "0.1 0.5 0.8");
    VALUES.put("trendFactor", "0.1 0.5 0.8");
    VALUES.put("simpleTimeAggrOp", "sum avg max min count stddev stdvar absent last present");
  }

  private ComplianceQueries() {}

  /// All of them, in the order of the file.
  static List<String> all() throws IOException {
    List<String> lines =
        Files.readAllLines(
            Conformance.require("metrics/promql-compliance/promql-test-queries.open.yml"));
    List<String> all = new ArrayList<>();
    for (String line : lines) {
      int at = line.indexOf("query:");
      if (at >= 0 && !line.strip().startsWith("#")) {
        all.addAll(expand(unquoted(line.substring(at + "query:".length()).strip())));
      }
    }
    return all;
  }

  private static String unquoted(String yaml) {
    if (yaml.startsWith("'")) {
      return yaml.substring(1, yaml.length() - 1).replace("''", "'");
    }
    return yaml.startsWith("\"")
        ? yaml.substring(1, yaml.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\")
        : yaml;
  }

  private static List<String> expand(String template) {
    Matcher matcher = VARIABLE.matcher(template);
    if (!matcher.find()) {
      return List.of(template);
    }
    String values = VALUES.get(matcher.group(1));
    if (values == null) {
      throw new IllegalStateException("unknown variable in " + template);
    }
    List<String> all = new ArrayList<>();
    for (String value : values.split(" ")) {
      all.addAll(expand(template.replace(matcher.group(), value)));
    }
    return all;
  }
}
