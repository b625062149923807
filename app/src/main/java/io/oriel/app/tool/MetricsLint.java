package io.oriel.app.tool;

import io.oriel.model.labels.LabelsBuilder;
import io.oriel.wire.exposition.Exposition;
import io.oriel.wire.exposition.ExpositionParser;
import io.oriel.wire.exposition.ParserOptions;
import io.oriel.wire.exposition.ScrapeProtocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads an exposition and says where it departs from the naming conventions of Prometheus.
///
/// Source of the rules: Prometheus documentation, "Metric and label naming" and "Writing
/// exporters".
final class MetricsLint {
  private static final Pattern CAMEL_CASE = Pattern.compile("[a-z][A-Z]");
  private static final Set<String> ABBREVIATIONS =
      Set.of("s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d");
  private static final Set<String> BASE_UNITS =
      Set.of(
          "amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "moles",
          "seconds", "volts");
  private static final Map<String, String> OTHER_UNITS =
      Map.ofEntries(
          Map.entry("minutes", "seconds"),
          Map.entry("hours", "seconds"),
          Map.entry("days", "seconds"),
          Map.entry("weeks", "seconds"),
          Map.entry("kelvins", "kelvin"),
          Map.entry("fahrenheit", "celsius"),
          Map.entry("rankine", "celsius"),
          Map.entry("inches", "meters"),
          Map.entry("yards", "meters"),
          Map.entry("miles", "meters"),
          Map.entry("bits", "bytes"),
          Map.entry("calories", "joules"),
          Map.entry("pounds", "grams"),
          Map.entry("ounces", "grams"));
  private static final List<String> PREFIXES =
      List.of(
          "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi",
          "mega", "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi");

  /// A departure from the conventions.
  record Problem(String metric, String text) implements Comparable<Problem> {
    @Override
    public int compareTo(Problem other) {
      int byName = metric.compareTo(other.metric);
      return byName != 0 ? byName : text.compareTo(other.text);
    }
  }

  /// What belongs to one metric name.
  private static final class Family {
    String type = "untyped";
    String help = "";
    final Set<String> labels = new HashSet<>();
    int series;
  }

  private final Map<String, Family> families = new TreeMap<>();

  private MetricsLint() {}

  /// Reads {@code text}, in the text format.
  ///
  /// @throws io.oriel.model.error.OrielException when it is not in it
  static MetricsLint read(byte[] text) {
    MetricsLint lint = new MetricsLint();
    ExpositionParser parser =
        Exposition.parser(
            text, text.length, ScrapeProtocol.PROMETHEUS_TEXT_0_0_4, ParserOptions.standard());
    LabelsBuilder labels = new LabelsBuilder();
    while (true) {
      switch (parser.next()) {
        case END -> {
          return lint;
        }
        case TYPE -> lint.family(parser.family()).type = parser.type().word();
        case HELP -> lint.family(parser.family()).help = parser.text();
        case SERIES, HISTOGRAM -> {
          parser.labels(labels);
          lint.add(labels);
        }
        case UNIT, COMMENT -> {}
      }
    }
  }

  private Family family(String name) {
    return families.computeIfAbsent(name, _ -> new Family());
  }

  private void add(LabelsBuilder labels) {
    var built = labels.build();
    Family family = family(familyName(built.metricName()));
    family.series++;
    for (int i = 0; i < built.size(); i++) {
      if (!built.name(i).equals("__name__")) {
        family.labels.add(built.name(i));
      }
    }
  }

  /// `x` for `x_bucket`, where `x` is a histogram, and the like.
  private String familyName(String metric) {
    for (String suffix : List.of("_bucket", "_sum", "_count")) {
      if (metric.endsWith(suffix)) {
        String base = metric.substring(0, metric.length() - suffix.length());
        Family family = families.get(base);
        boolean composite =
            family != null
                && (family.type.equals("histogram")
                    || (family.type.equals("summary") && !suffix.equals("_bucket")));
        if (composite) {
          return base;
        }
      }
    }
    return metric;
  }

  /// All departures, by metric.
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    families.forEach(
        (name, family) -> {
          if (family.series > 0) {
            check(name, family).forEach(text -> problems.add(new Problem(name, text)));
          }
        });
    problems.sort(null);
    return problems;
  }

  private static List<String> check(String name, Family family) {
    List<String> texts = new ArrayList<>();
    boolean histogram = family.type.equals("histogram");
    boolean summary = family.type.equals("summary");
    if (family.help.isEmpty()) {
      texts.add("no help text");
    }
    unit(name)
        .ifPresent(
            unit -> texts.add("use base unit \"" + unit[1] + "\" instead of \"" + unit[0] + "\""));
    if (!family.type.equals("untyped")) {
      types(name, family, texts);
    }
    if (!histogram && name.endsWith("_bucket")) {
      texts.add("non-histogram metrics should not have \"_bucket\" suffix");
    }
    for (String suffix : List.of("_count", "_sum")) {
      if (!histogram && !summary && !family.type.equals("untyped") && name.endsWith(suffix)) {
        texts.add(
            "non-histogram and non-summary metrics should not have \"" + suffix + "\" suffix");
      }
    }
    if (!histogram && family.labels.contains("le")) {
      texts.add("non-histogram metrics should not have \"le\" label");
    }
    if (!summary && family.labels.contains("quantile")) {
      texts.add("non-summary metrics should not have \"quantile\" label");
    }
    if (name.indexOf(':') >= 0) {
      texts.add("metric names should not contain ':'");
    }
    if (CAMEL_CASE.matcher(name).find()) {
      texts.add("metric names should be written in 'snake_case' not 'camelCase'");
    }
    if (family.labels.stream().anyMatch(label -> CAMEL_CASE.matcher(label).find())) {
      texts.add("label names should be written in 'snake_case' not 'camelCase'");
    }
    if (Arrays.stream(name.toLowerCase(Locale.ROOT).split("_")).anyMatch(ABBREVIATIONS::contains)) {
      texts.add("metric names should not contain abbreviated units");
    }
    return texts;
  }

  private static void types(String name, Family family, List<String> texts) {
    boolean counter = family.type.equals("counter");
    if (counter && !name.endsWith("_total")) {
      texts.add("counter metrics should have \"_total\" suffix");
    }
    if (!counter && name.endsWith("_total")) {
      texts.add("non-counter metrics should not have \"_total\" suffix");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.contains("_" + family.type + "_") || lower.endsWith("_" + family.type)) {
      texts.add("metric name should not include type '" + family.type + "'");
    }
  }

  /// The unit in {@code name} that is not a base unit, and the one to use.
  private static Optional<String[]> unit(String name) {
    for (String word : name.split("_")) {
      if (OTHER_UNITS.containsKey(word)) {
        return Optional.of(new String[] {word, OTHER_UNITS.get(word)});
      }
      for (String prefix : PREFIXES) {
        if (word.startsWith(prefix)) {
          String plain = word.substring(prefix.length());
          if (BASE_UNITS.contains(plain) || OTHER_UNITS.containsKey(plain)) {
            return Optional.of(new String[] {word, OTHER_UNITS.getOrDefault(plain, plain)});
          }
        }
      }
    }
    return Optional.empty();
  }

  /// A table of series per metric, most first.
  String cardinality() {
    int total = families.values().stream().mapToInt(family -> family.series).sum();
    int width = Math.max(6, families.keySet().stream().mapToInt(String::length).max().orElse(0));
    String row = "%-" + width + "s    %-11s    %s%n";
    StringBuilder table = new StringBuilder(row.formatted("Metric", "Cardinality", "Percentage"));
    families.entrySet().stream()
        .filter(entry -> entry.getValue().series > 0)
        .sorted(
            (a, b) ->
                a.getValue().series != b.getValue().series
                    ? Integer.compare(b.getValue().series, a.getValue().series)
                    : a.getKey().compareTo(b.getKey()))
        .forEach(
            entry ->
                table.append(
                    row.formatted(
                        entry.getKey(),
                        entry.getValue().series,
                        String.format(
                            Locale.ROOT, "%.2f%%", 100.0 * entry.getValue().series / total))));
    return table.append(row.formatted("Total", total, "100%")).toString();
  }
}
