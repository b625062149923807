package io.oriel.alerting.unittest;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Labels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;

/// Expected and received alerts as one JSON text in colours: what is missing in red, what is too
/// much in green, what differs in yellow.
final class AlertDiff {
  private static final String RED = "\u001b[0;31m";
  private static final String GREEN = "\u001b[0;32m";
  private static final String YELLOW = "\u001b[0;33m";
  private static final String END = "\u001b[0m";
  private static final String INDENT = "    ";
  private static final RuleTestFile.ExpectedAlert NONE =
      new RuleTestFile.ExpectedAlert(Labels.empty(), Labels.empty());

  private AlertDiff() {}

  /// @param margin is put before every line but the first
  static String of(
      List<RuleTestFile.ExpectedAlert> expected,
      List<RuleTestFile.ExpectedAlert> got,
      String margin) {
    StringBuilder out = new StringBuilder("[");
    int count = Math.max(1, Math.max(expected.size(), got.size()));
    for (int i = 0; i < count; i++) {
      RuleTestFile.ExpectedAlert want = i < expected.size() ? expected.get(i) : NONE;
      RuleTestFile.ExpectedAlert have = i < got.size() ? got.get(i) : NONE;
      out.append(i == 0 ? "\n" : ",\n").append(INDENT).append("{\n");
      labels(out, "Annotations", want.annotations(), have.annotations());
      out.append(",\n");
      labels(out, "Labels", want.labels(), have.labels());
      out.append('\n').append(INDENT).append('}');
    }
    return out.append("\n]").toString().replace("\n", "\n" + margin);
  }

  private static void labels(StringBuilder out, String name, Labels expected, Labels got) {
    out.append(INDENT.repeat(2)).append('"').append(name).append("\": {");
    TreeSet<String> names = new TreeSet<>(expected.toMap().keySet());
    names.addAll(got.toMap().keySet());
    String separator = "\n";
    for (String label : names) {
      out.append(separator).append(INDENT.repeat(3));
      separator = ",\n";
      String key = quoted(label) + ": ";
      String want = quoted(expected.get(label));
      String have = quoted(got.get(label));
      if (!got.has(label)) {
        out.append(RED).append(key).append(want).append(END);
      } else if (!expected.has(label)) {
        out.append(GREEN).append(key).append(have).append(END);
      } else if (want.equals(have)) {
        out.append(key).append(want);
      } else {
        out.append(key).append(YELLOW).append(want).append(" => ").append(have).append(END);
      }
    }
    out.append(names.isEmpty() ? "}" : "\n" + INDENT.repeat(2) + "}");
  }

  private static String quoted(String text) {
    return new String(new JsonWriter().string(text).toBytes(), StandardCharsets.UTF_8);
  }
}
