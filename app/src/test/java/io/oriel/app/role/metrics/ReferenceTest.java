package io.oriel.app.role.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.CommandLines;
import io.oriel.app.process.QueryWorkers;
import io.oriel.metrics.api.OpenApi;
import io.oriel.runtime.config.MaskedYaml;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// The reference in `docs` says what the program does. `-Doriel.golden.write` writes it anew.
class ReferenceTest {
  private static final Path DOCS = Path.of("../docs");

  private static void assertDocument(String name, String text) throws IOException {
    Path file = DOCS.resolve(name);
    if (System.getProperty("oriel.golden.write") != null) {
      Files.writeString(file, text);
      return;
    }
    String found = Files.exists(file) ? Files.readString(file) : "";
    assertEquals(found, text, () -> name + " is stale; -Doriel.golden.write writes it anew");
  }

  private static String cell(@Nullable String text) {
    return text == null ? "" : text.replace("|", "\\|").replace("\n", " ");
  }

  @Test
  void flags() throws IOException {
    StringBuilder text = new StringBuilder("# Flags\n\nGenerated from the commands; ");
    text.append("`oriel COMMAND --help` says the same.\n");
    new TreeMap<>(CommandLines.all())
        .forEach(
            (name, command) -> {
              if (!command.getCommandSpec().usageMessage().hidden() && !name.equals("tool")) {
                flags(name, command, text);
              }
            });
    assertDocument("flags.md", text.toString());
  }

  private static void flags(String name, CommandLine command, StringBuilder text) {
    text.append("\n## oriel ").append(name).append("\n\n");
    text.append(String.join(" ", command.getCommandSpec().usageMessage().description()));
    text.append("\n\n| flag | default | meaning |\n| --- | --- | --- |\n");
    List<String> accepted = new ArrayList<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      String names = "`" + String.join("`, `", option.names()) + "`";
      if (option.hidden()) {
        accepted.add(names);
      } else {
        Object preset =
            option.defaultValue() == null ? option.initialValue() : option.defaultValue();
        String shown =
            preset instanceof List<?> list ? String.join(",", strings(list)) : "" + preset;
        text.append("| ").append(names).append(" | ");
        text.append(preset == null || shown.isEmpty() ? "" : "`" + cell(shown) + "`");
        text.append(" | ").append(cell(String.join(" ", option.description()))).append(" |\n");
      }
    }
    if (!accepted.isEmpty()) {
      text.append("\nAccepted for manifests that have them: ");
      text.append(String.join(", ", accepted)).append(".\n");
    }
  }

  private static List<String> strings(List<?> list) {
    return list.stream().map(String::valueOf).toList();
  }

  @Test
  void metricsAndEndpoints(@TempDir Path directory) throws Exception {
    Path config = Files.writeString(directory.resolve("prometheus.yml"), "global: {}\n");
    try (QueryWorkers workers = QueryWorkers.start();
        MetricsRole role =
            MetricsRole.start(
                PlainMetrics.of(config, directory.resolve("data")),
                new MetricsRole.Shared(workers.workers(), "test"))) {
      assertDocument("metrics.md", metrics(role));
      assertEquals(documented(), served(role.endpoints()), "openapi.yaml and the routes");
    }
  }

  private static String metrics(MetricsRole role) {
    TreeMap<String, String> rows = new TreeMap<>();
    for (MetricSnapshot family : role.registry().scrape()) {
      String name = family.getMetadata().getPrometheusName();
      if (name.startsWith("jvm_") || name.startsWith("process_")) {
        continue;
      }
      String type = type(family);
      String suffix =
          type.equals("counter") ? "_total" : family instanceof InfoSnapshot ? "_info" : "";
      rows.put(
          name + suffix,
          "| `%s%s` | %s | %s |\n"
              .formatted(name, suffix, type, cell(family.getMetadata().getHelp())));
    }
    assertTrue(rows.size() > 100, "metrics: " + rows.size());
    return "# Metrics\n\nWhat `oriel metrics` says of itself on `/metrics`, generated from the"
        + " registry. Names are Prometheus' own where it has\nthem; beside these there are"
        + " `jvm_*` and `process_*`, as client_java names them.\n\n"
        + "| name | type | meaning |\n| --- | --- | --- |\n"
        + String.join("", rows.values());
  }

  private static String type(MetricSnapshot family) {
    return switch (family) {
      case CounterSnapshot _ -> "counter";
      case GaugeSnapshot _, InfoSnapshot _ -> "gauge";
      case HistogramSnapshot _ -> "histogram";
      case SummarySnapshot _ -> "summary";
      default -> "unknown";
    };
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  private static Map<?, ?> paths() throws IOException {
    return map(MaskedYaml.tree("openapi.yaml", OpenApi.yaml()).get("paths"));
  }

  private static TreeSet<String> documented() throws IOException {
    TreeSet<String> found = new TreeSet<>();
    paths()
        .forEach(
            (path, methods) ->
                map(methods)
                    .keySet()
                    .forEach(
                        method ->
                            found.add(
                                "/api/v1"
                                    + path
                                    + " "
                                    + method.toString().toUpperCase(Locale.ROOT))));
    return found;
  }

  private static TreeSet<String> served(Map<String, java.util.Set<String>> endpoints) {
    TreeSet<String> found = new TreeSet<>();
    endpoints.forEach(
        (path, methods) -> {
          if (path.startsWith("/api/v1/")) {
            methods.forEach(method -> found.add(path + " " + method));
          }
        });
    return found;
  }

  @Test
  void endpoints() throws IOException {
    StringBuilder text =
        new StringBuilder(
            "# HTTP API\n\nUnder `/api/v1`, generated from `/api/v1/openapi.yaml`, which says what"
                + " each parameter means. Outside it there are\n`/metrics`, `/federate`,"
                + " `/-/healthy`, `/-/ready`, `/-/reload` and `/-/quit`.\n\n"
                + "| endpoint | methods | what it does | parameters |\n| --- | --- | --- | --- |\n");
    Map<String, @Nullable Object> document = MaskedYaml.tree("openapi.yaml", OpenApi.yaml());
    paths().forEach((path, methods) -> row(document, path.toString(), map(methods), text));
    assertDocument("api.md", text.toString());
  }

  private static void row(
      Map<String, @Nullable Object> document, String path, Map<?, ?> methods, StringBuilder text) {
    Map<?, ?> first = map(methods.values().iterator().next());
    List<String> parameters = new ArrayList<>();
    if (first.get("parameters") instanceof List<?> list) {
      for (Object each : list) {
        Map<?, ?> parameter = map(each);
        Object reference = parameter.get("$ref");
        if (reference != null) {
          String name = reference.toString().replaceAll(".*/", "");
          parameter = map(map(map(document.get("components")).get("parameters")).get(name));
        }
        String mark = Boolean.TRUE.equals(parameter.get("required")) ? "**" : "";
        parameters.add(mark + "`" + parameter.get("name") + "`" + mark);
      }
    }
    text.append("| `").append(path).append("` | ");
    text.append(
        String.join(
            ", ",
            methods.keySet().stream().map(m -> m.toString().toUpperCase(Locale.ROOT)).toList()));
    text.append(" | ").append(cell(String.valueOf(first.get("summary")))).append(" | ");
    text.append(String.join(" ", parameters)).append(" |\n");
  }
}
