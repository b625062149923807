package io.oriel.logs.api;

import io.oriel.logs.search.FieldSummary;
import io.oriel.logs.search.LogHistogram;
import io.oriel.logs.search.LogLine;
import io.oriel.logs.search.LogPage;
import io.oriel.logs.search.LogSearch;
import io.oriel.logs.search.LogSurroundings;
import io.oriel.logs.search.LogSyntax;
import io.oriel.logs.search.LogTail;
import io.oriel.logs.search.PatternSummary;
import io.oriel.logs.search.SavedSearch;
import io.oriel.logs.search.SavedSearches;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// The endpoints below `/api/v1/logs`. Thread-safe.
public final class LogApi {
  private static final String ROOT = "/api/v1/logs";
  private static final String NDJSON = "application/x-ndjson";
  private static final int MAX_EXPORT = 10_000_000;

  private final LogSearch search;
  private final SavedSearches saved;
  private final AccessRule rule;
  private final Surroundings around;

  /// What differs between a test and production.
  ///
  /// @param pause between two looks of a tail
  public record Surroundings(InstantSource clock, Pause pause) {}

  /// Waits.
  @FunctionalInterface
  public interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  public LogApi(LogSearch search, SavedSearches saved, AccessRule rule, Surroundings around) {
    this.search = search;
    this.saved = saved;
    this.rule = rule;
    this.around = around;
  }

  /// Adds all of them.
  public void addTo(Routes routes) {
    on(routes, "/search", this::page);
    on(routes, "/histogram", this::histogram);
    on(routes, "/fields", this::fields);
    on(routes, "/summary", this::summary);
    on(routes, "/values", this::values);
    on(routes, "/patterns", this::patterns);
    on(routes, "/context", this::context);
    on(routes, "/trace/{id}", (call, in) -> trace(call.pathParam("id"), in));
    on(routes, "/tail", this::tail);
    on(routes, "/export", this::export);
    on(routes, "/saved", (_, _) -> savedList());
    on(routes, "/saved/{name}", (call, _) -> one(saved.get(call.pathParam("name"))));
    on(routes, Set.of("PUT"), "/saved/{name}", this::save);
    on(
        routes,
        Set.of("DELETE"),
        "/saved/{name}",
        (call, _) -> {
          saved.delete(call.pathParam("name"));
          return HttpAnswer.empty(204);
        });
  }

  private interface Endpoint {
    HttpAnswer answer(HttpCall call, LogParams in) throws Exception;
  }

  private void on(Routes routes, String path, Endpoint endpoint) {
    on(routes, Set.of("GET", "POST"), path, endpoint);
  }

  private void on(Routes routes, Set<String> methods, String path, Endpoint endpoint) {
    routes.on(
        methods,
        ROOT + path,
        call -> {
          try {
            return endpoint.answer(call, new LogParams(call, rule, around.clock()));
          } catch (OrielException e) {
            return error(e);
          }
        });
  }

  private static HttpAnswer error(OrielException e) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("error").beginObject();
    json.name("kind").string(e.kind().name().toLowerCase(Locale.ROOT));
    json.name("message").string(e.reason()).endObject().endObject();
    return HttpAnswer.json(e.kind().httpStatus(), json.toBytes());
  }

  private static HttpAnswer json(JsonWriter json) {
    return HttpAnswer.json(200, json.toBytes());
  }

  private static void strings(JsonWriter json, String name, List<String> values) {
    json.name(name).beginArray();
    values.forEach(json::string);
    json.endArray();
  }

  private HttpAnswer page(HttpCall call, LogParams in) throws InterruptedException {
    boolean oldest = in.text("order").equals("asc");
    LogPage page =
        search.page(
            in.request(),
            new LogSearch.PageWish(
                in.count("size", 100, LogSearch.MAX_PAGE),
                oldest ? LogSearch.Direction.OLDEST_FIRST : LogSearch.Direction.NEWEST_FIRST,
                in.text("cursor"),
                in.flag("paging"),
                in.list("fields")));
    return answer(page);
  }

  private static HttpAnswer answer(LogPage page) {
    JsonWriter json = new JsonWriter(1024 * (1 + page.lines().size()));
    json.beginObject().name("total").number(page.total());
    json.name("totalIsExact").bool(page.totalIsExact());
    json.name("lines").beginArray();
    page.lines().forEach(line -> LineJson.write(line, json));
    json.endArray();
    if (!page.cursor().isEmpty()) {
      json.name("cursor").string(page.cursor());
    }
    strings(json, "warnings", page.warnings());
    return json(json.endObject());
  }

  private HttpAnswer histogram(HttpCall call, LogParams in) throws InterruptedException {
    LogHistogram histogram =
        search.histogram(in.request(), in.durationMillis("interval"), in.text("breakdown"));
    JsonWriter json = new JsonWriter();
    json.beginObject().name("intervalMillis").number(histogram.intervalMillis());
    json.name("total").number(histogram.total()).name("bars").beginArray();
    for (LogHistogram.Bar bar : histogram.bars()) {
      json.beginObject().name("start").number(bar.startMillis());
      json.name("count").number(bar.count());
      if (!bar.groups().isEmpty()) {
        json.name("groups").beginObject();
        bar.groups().forEach((value, count) -> json.name(value).number(count));
        json.endObject();
      }
      json.endObject();
    }
    json.endArray();
    strings(json, "warnings", histogram.warnings());
    return json(json.endObject());
  }

  private HttpAnswer fields(HttpCall call, LogParams in) throws InterruptedException {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("fields").beginArray();
    for (Map.Entry<String, String> field : search.fields(in.access()).entrySet()) {
      json.beginObject().name("name").string(field.getKey());
      json.name("type").string(field.getValue()).endObject();
    }
    return json(json.endArray().endObject());
  }

  private HttpAnswer summary(HttpCall call, LogParams in) throws InterruptedException {
    FieldSummary summary =
        search.summary(in.request(), in.count("sample", 500, LogSearch.MAX_PAGE));
    JsonWriter json = new JsonWriter();
    json.beginObject().name("sampled").number(summary.sampled());
    json.name("total").number(summary.total()).name("fields").beginArray();
    for (FieldSummary.Field field : summary.fields()) {
      json.beginObject().name("name").string(field.name());
      json.name("present").number(field.present());
      values(json, "top", field.top());
      json.endObject();
    }
    json.endArray();
    strings(json, "warnings", summary.warnings());
    return json(json.endObject());
  }

  private static void values(JsonWriter json, String name, List<LogSearch.ValueCount> values) {
    json.name(name).beginArray();
    for (LogSearch.ValueCount value : values) {
      json.beginObject().name("value").string(value.value());
      json.name("count").number(value.count()).endObject();
    }
    json.endArray();
  }

  private HttpAnswer values(HttpCall call, LogParams in) throws InterruptedException {
    JsonWriter json = new JsonWriter();
    json.beginObject();
    values(
        json,
        "values",
        search.values(
            in.request(), in.required("field"), in.text("prefix"), in.count("size", 10, 1_000)));
    return json(json.endObject());
  }

  private HttpAnswer patterns(HttpCall call, LogParams in) throws InterruptedException {
    PatternSummary summary =
        search.patterns(
            in.request(),
            in.count("sample", 5_000, LogSearch.MAX_PAGE),
            in.count("size", 50, 1_000));
    JsonWriter json = new JsonWriter();
    json.beginObject().name("sampled").number(summary.sampled());
    json.name("total").number(summary.total()).name("patterns").beginArray();
    for (PatternSummary.Pattern pattern : summary.patterns()) {
      json.beginObject().name("pattern").string(pattern.text());
      json.name("count").number(pattern.count());
      json.name("example").string(pattern.example()).endObject();
    }
    json.endArray().name("unassigned").number(summary.unassigned());
    strings(json, "warnings", summary.warnings());
    return json(json.endObject());
  }

  private HttpAnswer context(HttpCall call, LogParams in) throws InterruptedException {
    LogSurroundings found =
        search.around(
            new LogSearch.LineAddress(in.required("index"), in.required("id")),
            in.access(),
            in.count("before", 5, 1_000),
            in.count("after", 5, 1_000),
            in.flag("same_source"));
    JsonWriter json = new JsonWriter();
    json.beginObject().name("position").number(found.position()).name("lines").beginArray();
    found.lines().forEach(line -> LineJson.write(line, json));
    json.endArray();
    strings(json, "warnings", found.warnings());
    return json(json.endObject());
  }

  private HttpAnswer trace(String id, LogParams in) throws InterruptedException {
    return answer(search.trace(id, in.access(), in.count("size", 1_000, LogSearch.MAX_PAGE)));
  }

  private HttpAnswer tail(HttpCall call, LogParams in) {
    LogTail tail = search.tail(in.text("query"), in.syntax(), in.access());
    AtomicBoolean gone = new AtomicBoolean();
    call.onCancel(() -> gone.set(true));
    return HttpAnswer.stream(
        200,
        NDJSON,
        out -> {
          try {
            while (!gone.get()) {
              look(tail, out);
              out.flush();
              if (!tail.isBehind()) {
                around.pause().sleep(Duration.ofSeconds(1));
              }
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// One look of a tail. An engine that cannot answer now is said to be, and asked again: what
  /// comes in meanwhile is shown then.
  private static void look(LogTail tail, OutputStream out)
      throws IOException, InterruptedException {
    List<LogLine> lines;
    try {
      lines = tail.next();
    } catch (OrielException e) {
      if (e.kind().fault() != Kind.Fault.WORLD && e.kind() != Kind.LIMITED) {
        throw e;
      }
      JsonWriter json = new JsonWriter();
      json.beginObject().name("warning").string(e.reason()).endObject();
      json.finishTo(out);
      out.write('\n');
      return;
    }
    for (LogLine line : lines) {
      line(out, line);
    }
    if (lines.isEmpty()) {
      out.write('\n');
    }
  }

  private static void line(OutputStream out, LogLine line) throws IOException {
    JsonWriter json = new JsonWriter();
    LineJson.write(line, json);
    json.drainTo(out);
    out.write('\n');
  }

  private HttpAnswer export(HttpCall call, LogParams in) {
    var request = in.request();
    long most = in.count("limit", 1_000_000, MAX_EXPORT);
    String format = in.text("format");
    List<String> columns = in.list("fields");
    return switch (format) {
      case "", "ndjson" ->
          stream(
              NDJSON,
              "logs.ndjson",
              out -> search.export(request, most, line -> document(out, line)));
      case "csv" -> {
        CsvExport csv = new CsvExport(columns);
        yield stream(
            "text/csv; charset=utf-8",
            "logs.csv",
            out -> {
              csv.head(out);
              search.export(request, most, line -> csv.line(line, out));
            });
      }
      default -> throw OrielException.invalid("format: got " + format + ", want csv or ndjson");
    };
  }

  private interface Export {
    void to(OutputStream out) throws IOException, InterruptedException;
  }

  private static HttpAnswer stream(String type, String file, Export export) {
    return HttpAnswer.stream(
            200,
            type,
            out -> {
              try {
                export.to(out);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("export broken off", e);
              }
            })
        .header("content-disposition", "attachment; filename=\"" + file + "\"");
  }

  private static void document(OutputStream out, LogLine line) throws IOException {
    out.write(line.document().getBytes(StandardCharsets.UTF_8));
    out.write('\n');
  }

  private HttpAnswer savedList() throws InterruptedException {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("searches").beginArray();
    saved.all().forEach(one -> write(one, json));
    return json(json.endArray().endObject());
  }

  private static HttpAnswer one(SavedSearch search) {
    JsonWriter json = new JsonWriter();
    write(search, json);
    return json(json);
  }

  private static void write(SavedSearch search, JsonWriter json) {
    json.beginObject().name("name").string(search.name());
    json.name("query").string(search.query());
    json.name("language").string(search.language().name().toLowerCase(Locale.ROOT));
    strings(json, "columns", search.columns());
    json.name("description").string(search.description()).endObject();
  }

  private HttpAnswer save(HttpCall call, LogParams in) throws InterruptedException {
    SavedSearch search =
        new SavedSearch(
            call.pathParam("name"),
            in.text("query"),
            LogSyntax.ofWord(in.text("language")),
            in.list("columns"),
            in.text("description"));
    saved.put(search);
    return one(search);
  }
}
