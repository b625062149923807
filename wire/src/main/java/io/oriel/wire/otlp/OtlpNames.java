package io.oriel.wire.otlp;

import io.opentelemetry.proto.metrics.v1.Metric;
import io.oriel.model.labels.LabelName;
import java.util.Map;

/// Names of OpenTelemetry in Prometheus' spelling.
final class OtlpNames {
  private static final Map<String, String> UNITS =
      Map.ofEntries(
          Map.entry("d", "days"),
          Map.entry("h", "hours"),
          Map.entry("min", "minutes"),
          Map.entry("s", "seconds"),
          Map.entry("ms", "milliseconds"),
          Map.entry("us", "microseconds"),
          Map.entry("ns", "nanoseconds"),
          Map.entry("By", "bytes"),
          Map.entry("KiBy", "kibibytes"),
          Map.entry("MiBy", "mebibytes"),
          Map.entry("GiBy", "gibibytes"),
          Map.entry("TiBy", "tibibytes"),
          Map.entry("KBy", "kilobytes"),
          Map.entry("MBy", "megabytes"),
          Map.entry("GBy", "gigabytes"),
          Map.entry("TBy", "terabytes"),
          Map.entry("m", "meters"),
          Map.entry("V", "volts"),
          Map.entry("A", "amperes"),
          Map.entry("J", "joules"),
          Map.entry("W", "watts"),
          Map.entry("g", "grams"),
          Map.entry("Cel", "celsius"),
          Map.entry("Hz", "hertz"),
          Map.entry("1", ""),
          Map.entry("%", "percent"));
  private static final Map<String, String> PER =
      Map.of(
          "s", "second", "m", "minute", "h", "hour", "d", "day", "w", "week", "mo", "month", "y",
          "year");

  private final boolean escape;
  private final boolean suffixes;
  private final OtlpOptions.LabelNames labelNames;

  OtlpNames(OtlpOptions options) {
    this.escape = options.escapeNames();
    this.suffixes = options.addSuffixes();
    this.labelNames = options.labelNames();
  }

  String metric(Metric metric) {
    String name = metric.getName();
    if (escape) {
      name = underscored(name, true);
    }
    if (!suffixes) {
      return name;
    }
    boolean counter =
        metric.getDataCase() == Metric.DataCase.SUM && metric.getSum().getIsMonotonic();
    boolean total = counter && name.endsWith("_total");
    if (total) {
      name = name.substring(0, name.length() - "_total".length());
    }
    name = withUnit(name, metric.getUnit());
    boolean ratio = metric.getUnit().equals("1") && metric.getDataCase() == Metric.DataCase.GAUGE;
    if (ratio && !name.endsWith("_ratio")) {
      name += "_ratio";
    }
    return counter ? name + "_total" : name;
  }

  private String withUnit(String name, String unit) {
    String[] parts = unit.indexOf('{') >= 0 ? new String[] {""} : unit.split("/", 2);
    String main = UNITS.getOrDefault(parts[0].strip(), clean(parts[0].strip()));
    String per = "";
    if (parts.length == 2 && !parts[1].isBlank()) {
      per = "per_" + PER.getOrDefault(parts[1].strip(), clean(parts[1].strip()));
    }
    String out = name;
    if (!main.isEmpty() && !hasToken(out, main)) {
      out += "_" + main;
    }
    return per.isEmpty() || out.endsWith(per) ? out : out + "_" + per;
  }

  private static boolean hasToken(String name, String token) {
    return name.equals(token)
        || name.endsWith("_" + token)
        || name.startsWith(token + "_")
        || name.contains("_" + token + "_");
  }

  private String clean(String unit) {
    String legacy = underscored(unit, false);
    return legacy.replaceAll("^_+|_+$", "");
  }

  String label(String name) {
    if (!escape || name.isEmpty()) {
      return name;
    }
    String legacy = underscored(name, false);
    boolean reserved = legacy.startsWith("__");
    if (!labelNames.keepRuns() && !(reserved && legacy.endsWith("__"))) {
      legacy = legacy.replaceAll("_{2,}", "_");
      reserved = false;
    }
    if (legacy.charAt(0) >= '0' && legacy.charAt(0) <= '9') {
      return "key_" + legacy;
    }
    return labelNames.keyForUnderscore() && legacy.startsWith("_") && !reserved
        ? "key" + legacy
        : legacy;
  }

  private static String underscored(String name, boolean metric) {
    if (metric ? LabelName.isLegacyMetric(name) : LabelName.isLegacy(name)) {
      return name;
    }
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      int c = name.codePointAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9';
      boolean kept = letter || digit || (metric && c == ':');
      boolean doubled = !kept && metric && !out.isEmpty() && out.charAt(out.length() - 1) == '_';
      if (!doubled) {
        out.append(kept ? (char) c : '_');
      }
    }
    if (metric && !out.isEmpty() && out.charAt(0) >= '0' && out.charAt(0) <= '9') {
      out.insert(0, '_');
    }
    while (metric
        && out.length() > 1
        && out.charAt(out.length() - 1) == '_'
        && !name.endsWith("_")) {
      out.setLength(out.length() - 1);
    }
    return out.toString();
  }
}
