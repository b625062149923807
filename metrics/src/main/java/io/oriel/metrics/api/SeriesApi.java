package io.oriel.metrics.api;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.promql.parse.Parser;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiParams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// Which series and labels there are: `series`, `labels`, `label/…/values`. Thread-safe.
public final class SeriesApi {
  private static final Warning TRUNCATED = Warning.warning("results truncated due to limit");

  private final Queryable storage;

  public SeriesApi(Queryable storage) {
    this.storage = storage;
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    routes.getOrPost("/api/v1/series", ApiCalls.enveloped(this::series));
    routes.getOrPost("/api/v1/labels", ApiCalls.enveloped(this::names));
    routes.get("/api/v1/label/{name}/values", ApiCalls.enveloped(this::values));
  }

  /// Reads one `match[]` selector.
  ///
  /// @throws OrielException of kind INVALID when it is none, or when it would match every series
  public static List<Matcher> selector(String text) {
    List<Matcher> matchers;
    try {
      matchers = Parser.parseSelector(text).matchers();
    } catch (OrielException e) {
      throw ApiParams.bad("match[]", e.reason());
    }
    if (matchers.stream().allMatch(Matcher::matchesEmpty)) {
      throw ApiParams.bad("match[]", "match[] must contain at least one non-empty matcher");
    }
    return matchers;
  }

  private static List<List<Matcher>> selectors(HttpCall call) {
    List<List<Matcher>> found = new ArrayList<>();
    for (String text : call.params("match[]")) {
      found.add(selector(text));
    }
    return found;
  }

  private interface Question {
    Answer<List<String>> ask(Querier querier, List<Matcher> matchers) throws IOException;
  }

  private HttpAnswer ask(HttpCall call, Question question) throws IOException {
    int limit = ApiParams.limit(call::param);
    List<List<Matcher>> selectors = selectors(call);
    List<Warning> notes = new ArrayList<>();
    TreeSet<String> found = new TreeSet<>(Utf8Order.COMPARATOR);
    try (Querier querier = querier(call)) {
      for (List<Matcher> matchers : selectors.isEmpty() ? List.of(List.<Matcher>of()) : selectors) {
        Answer<List<String>> answer = question.ask(querier, matchers);
        found.addAll(answer.value());
        notes.addAll(answer.warnings());
      }
    }
    Collection<String> shown = found;
    if (limit > 0 && found.size() > limit) {
      shown = new ArrayList<>(found).subList(0, limit);
      notes.add(TRUNCATED);
    }
    Collection<String> names = shown;
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              names.forEach(json::string);
              json.endArray();
            },
            notes));
  }

  private Querier querier(HttpCall call) throws IOException {
    long start = ApiParams.time(call::param, "start", ApiParams.MIN_MILLIS);
    long end = ApiParams.time(call::param, "end", ApiParams.MAX_MILLIS);
    return storage.querier(start, end);
  }

  private HttpAnswer names(HttpCall call) throws IOException {
    return ask(call, (querier, matchers) -> querier.labelNames(0, matchers));
  }

  private HttpAnswer values(HttpCall call) throws IOException {
    String name = ApiParams.unescaped(call.pathParam("name"));
    if (!LabelName.isUtf8(name)) {
      throw OrielException.invalid("invalid label name: " + Quoted.of(name));
    }
    return ask(call, (querier, matchers) -> querier.labelValues(name, 0, matchers));
  }

  private HttpAnswer series(HttpCall call) throws IOException {
    int limit = ApiParams.limit(call::param);
    List<List<Matcher>> selectors = selectors(call);
    if (selectors.isEmpty()) {
      throw OrielException.invalid("no match[] parameter provided");
    }
    long start = ApiParams.time(call::param, "start", ApiParams.MIN_MILLIS);
    long end = ApiParams.time(call::param, "end", ApiParams.MAX_MILLIS);
    TreeSet<Labels> found = new TreeSet<>();
    List<Warning> notes = new ArrayList<>();
    try (Querier querier = storage.querier(start, end)) {
      SelectHints hints =
          new SelectHints(start, end, 0, 0, "series", List.of(), false, limit, false);
      for (List<Matcher> matchers : selectors) {
        try (SeriesCursor cursor = querier.select(hints, matchers)) {
          for (Series one = cursor.next(); one != null; one = cursor.next()) {
            found.add(one.labels());
          }
          notes.addAll(cursor.warnings());
        }
      }
    }
    List<Labels> shown = new ArrayList<>(found);
    if (limit > 0 && shown.size() > limit) {
      shown = shown.subList(0, limit);
      notes.add(TRUNCATED);
    }
    List<Labels> all = shown;
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              all.forEach(json::labels);
              json.endArray();
            },
            notes));
  }
}
