package io.oriel.app.tool;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.number.GoFloat;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a running server, Oriel or Prometheus.
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = "Queries a running server and prints a table, or JSON with --output json.")
final class QueryTool {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String BARS = "▁▂▃▄▅▆▇█";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--output"},
      scope = ScopeType.INHERIT,
      defaultValue = "table",
      description = "table or json; default ${DEFAULT-VALUE}.")
  private String output = "table";

  @Command(description = "The value of an expression now, or at --time.")
  int instant(
      @Option(names = "--time", description = "RFC 3339 or Unix seconds.", defaultValue = "")
          String time,
      @Parameters(paramLabel = "SERVER") String server,
      @Parameters(paramLabel = "QUERY") String query)
      throws IOException, InterruptedException {
    Map<String, String> params = params("query", query);
    put(params, "time", time);
    JsonNode data = ask(server, "/api/v1/query", params);
    if (!json(data)) {
      instantTable(data);
    }
    return 0;
  }

  @Command(description = "The values of an expression over time, as a line for the eye.")
  int range(
      @Option(names = "--start", description = "RFC 3339 or Unix seconds.", defaultValue = "")
          String start,
      @Option(names = "--end", description = "RFC 3339 or Unix seconds.", defaultValue = "")
          String end,
      @Option(names = "--step", description = "Distance of points, 1m.", defaultValue = "")
          String step,
      @Parameters(paramLabel = "SERVER") String server,
      @Parameters(paramLabel = "QUERY") String query)
      throws IOException, InterruptedException {
    double now = System.currentTimeMillis() / 1000.0;
    Map<String, String> params = params("query", query);
    params.put("end", end.isEmpty() ? GoFloat.format(now) : end);
    params.put("start", start.isEmpty() ? GoFloat.format(now - 3600) : start);
    params.put("step", step.isEmpty() ? "60" : step);
    JsonNode data = ask(server, "/api/v1/query_range", params);
    if (!json(data)) {
      data.path("result").forEach(this::line);
      out().flush();
    }
    return 0;
  }

  @Command(description = "The series that selectors match.")
  int series(
      @Option(names = "--match", required = true, description = "A selector; may be repeated.")
          List<String> match,
      @Parameters(paramLabel = "SERVER") String server)
      throws IOException, InterruptedException {
    StringBuilder path = new StringBuilder("/api/v1/series?");
    for (String selector : match) {
      path.append("match%5B%5D=").append(encode(selector)).append('&');
    }
    JsonNode data = ask(server, path.toString(), new LinkedHashMap<>());
    if (!json(data)) {
      data.forEach(labels -> out().println(series(labels)));
      out().flush();
    }
    return 0;
  }

  @Command(description = "The values of a label.")
  int labels(
      @Parameters(paramLabel = "SERVER") String server,
      @Parameters(paramLabel = "NAME") String name)
      throws IOException, InterruptedException {
    JsonNode data = ask(server, "/api/v1/label/" + encode(name) + "/values", new LinkedHashMap<>());
    if (!json(data)) {
      data.forEach(value -> out().println(value.asString()));
      out().flush();
    }
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private boolean json(JsonNode data) {
    if (!output.equals("json")) {
      return false;
    }
    out().println(data);
    out().flush();
    return true;
  }

  private void instantTable(JsonNode data) {
    String type = data.path("resultType").asString();
    if (type.equals("scalar") || type.equals("string")) {
      out().println(type + ": " + data.path("result").path(1).asString());
      out().flush();
      return;
    }
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (JsonNode item : data.path("result")) {
      names.add(series(item.path("metric")));
      JsonNode histogram = item.path("histogram").path(1);
      values.add(
          item.has("value")
              ? item.path("value").path(1).asString()
              : item.has("values")
                  ? item.path("values").size() + " samples"
                  : "count "
                      + histogram.path("count").asString()
                      + ", sum "
                      + histogram.path("sum").asString());
    }
    int width = names.stream().mapToInt(String::length).max().orElse(0);
    for (int i = 0; i < names.size(); i++) {
      out()
          .println(names.get(i) + " ".repeat(width - names.get(i).length()) + "  " + values.get(i));
    }
    if (names.isEmpty()) {
      out().println("(no series)");
    }
    out().flush();
  }

  /// One series as a sparkline with its least, greatest and last value.
  private void line(JsonNode item) {
    List<Double> values = new ArrayList<>();
    item.path("values").forEach(point -> values.add(GoFloat.parse(point.path(1).asString())));
    out().println(series(item.path("metric")));
    if (values.isEmpty()) {
      out().println("  " + item.path("histograms").size() + " histograms");
      return;
    }
    double min = values.stream().filter(Double::isFinite).min(Double::compare).orElse(0.0);
    double max = values.stream().filter(Double::isFinite).max(Double::compare).orElse(0.0);
    StringBuilder bars = new StringBuilder("  ");
    int columns = Math.min(72, values.size());
    for (int i = 0; i < columns; i++) {
      double value = values.get((int) ((long) i * values.size() / columns));
      int level =
          max > min ? (int) Math.round((value - min) / (max - min) * (BARS.length() - 1)) : 0;
      bars.append(Double.isFinite(value) ? BARS.charAt(Math.clamp(level, 0, 7)) : ' ');
    }
    out().println(bars);
    out()
        .println(
            "  min "
                + GoFloat.formatShort(min)
                + "  max "
                + GoFloat.formatShort(max)
                + "  last "
                + GoFloat.formatShort(values.getLast())
                + "  points "
                + values.size());
  }

  private static String series(JsonNode labels) {
    StringBuilder text = new StringBuilder(labels.path("__name__").asString(""));
    String rest =
        labels
            .propertyStream()
            .filter(label -> !label.getKey().equals("__name__"))
            .map(label -> label.getKey() + "=\"" + label.getValue().asString() + "\"")
            .collect(Collectors.joining(", "));
    return text.append(rest.isEmpty() && !text.isEmpty() ? "" : "{" + rest + "}").toString();
  }

  /// The `data` of an answer; warnings go to standard error.
  static JsonNode ask(String server, String path, Map<String, String> params)
      throws IOException, InterruptedException {
    String base = server.contains("://") ? server : "http://" + server;
    URI uri = URI.create(base.replaceAll("/+$", "") + path);
    String form =
        params.entrySet().stream()
            .map(param -> encode(param.getKey()) + "=" + encode(param.getValue()))
            .collect(Collectors.joining("&"));
    HttpRequest request =
        params.isEmpty()
            ? HttpRequest.get(uri)
            : HttpRequest.post(
                uri, "application/x-www-form-urlencoded", form.getBytes(StandardCharsets.UTF_8));
    try (HttpClient client = HttpClient.create(HttpClientConfig.standard(), "oriel-tool")) {
      HttpResult result = client.send(request.withTimeout(Duration.ofMinutes(2)));
      JsonNode answer;
      try {
        answer = JSON.readTree(result.body());
      } catch (JacksonException e) {
        throw new OrielException(
            Kind.UNAVAILABLE, uri + ": status " + result.status() + ", want JSON", e);
      }
      for (String kind : new String[] {"warnings", "infos"}) {
        answer.path(kind).forEach(note -> System.err.println(kind + ": " + note.asString()));
      }
      if (!answer.path("status").asString("").equals("success")) {
        throw OrielException.invalid(
            answer.path("errorType").asString("") + ": " + answer.path("error").asString(""));
      }
      return answer.path("data");
    }
  }

  private static Map<String, String> params(String name, String value) {
    Map<String, String> params = new LinkedHashMap<>();
    params.put(name, value);
    return params;
  }

  private static void put(Map<String, String> params, String name, String value) {
    if (!value.isEmpty()) {
      params.put(name, value);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
