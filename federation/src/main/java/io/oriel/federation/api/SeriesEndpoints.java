package io.oriel.federation.api;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Querier;
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
import java.util.List;
import java.util.TreeSet;

/// `series`, `labels` and `label/…/values`.
final class SeriesEndpoints {
  private final Sources sources;

  SeriesEndpoints(Sources sources) {
    this.sources = sources;
  }

  void addTo(Routes routes) {
    routes.getOrPost("/api/v1/series", Envelopes.of(this::series));
    routes.getOrPost(
        "/api/v1/labels",
        Envelopes.of(call -> ask(call, (querier, matchers) -> querier.labelNames(0, matchers))));
    routes.get("/api/v1/label/{name}/values", Envelopes.of(this::values));
  }

  private static List<List<Matcher>> selectors(HttpCall call) {
    List<List<Matcher>> found = new ArrayList<>();
    for (String text : call.params("match[]")) {
      try {
        found.add(Parser.parseSelector(text).matchers());
      } catch (OrielException e) {
        throw ApiParams.bad("match[]", e.reason());
      }
    }
    return found;
  }

  private Querier querier(HttpCall call) throws IOException {
    long start = ApiParams.time(call::param, "start", ApiParams.MIN_MILLIS);
    long end = ApiParams.time(call::param, "end", ApiParams.MAX_MILLIS);
    return sources.of(call, ScopeParams.of(call, sources.settings(), 0)).querier(start, end);
  }

  private interface Question {
    Answer<List<String>> ask(Querier querier, List<Matcher> matchers) throws IOException;
  }

  private HttpAnswer values(HttpCall call) throws IOException {
    String name = ApiParams.unescaped(call.pathParam("name"));
    if (!LabelName.isUtf8(name)) {
      throw OrielException.invalid("invalid label name: " + Quoted.of(name));
    }
    return ask(call, (querier, matchers) -> querier.labelValues(name, 0, matchers));
  }

  private HttpAnswer ask(HttpCall call, Question question) throws IOException {
    List<List<Matcher>> selectors = selectors(call);
    TreeSet<String> found = new TreeSet<>(Utf8Order.COMPARATOR);
    List<Warning> notes = new ArrayList<>();
    try (Querier querier = querier(call)) {
      for (List<Matcher> matchers : selectors.isEmpty() ? List.of(List.<Matcher>of()) : selectors) {
        Answer<List<String>> answer = question.ask(querier, matchers);
        found.addAll(answer.value());
        notes.addAll(answer.warnings());
      }
    }
    List<String> shown = limited(call, List.copyOf(found), notes);
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              shown.forEach(json::string);
              json.endArray();
            },
            notes));
  }

  private static <T> List<T> limited(HttpCall call, List<T> found, List<Warning> notes) {
    int limit = ApiParams.limit(call::param);
    if (limit == 0 || found.size() <= limit) {
      return found;
    }
    notes.add(Warning.warning("results truncated due to limit"));
    return found.subList(0, limit);
  }

  private HttpAnswer series(HttpCall call) throws IOException {
    List<List<Matcher>> selectors = selectors(call);
    if (selectors.isEmpty()) {
      throw OrielException.invalid("no match[] parameter provided");
    }
    TreeSet<Labels> found = new TreeSet<>();
    List<Warning> notes = new ArrayList<>();
    SelectHints hints =
        new SelectHints(
            ApiParams.MIN_MILLIS, ApiParams.MAX_MILLIS, 0, 0, "series", List.of(), false, 0, true);
    try (Querier querier = querier(call)) {
      for (List<Matcher> matchers : selectors) {
        try (SeriesCursor cursor = querier.select(hints, matchers)) {
          for (Series one = cursor.next(); one != null; one = cursor.next()) {
            found.add(one.labels());
          }
          notes.addAll(cursor.warnings());
        }
      }
    }
    List<Labels> shown = limited(call, List.copyOf(found), notes);
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              shown.forEach(json::labels);
              json.endArray();
            },
            notes));
  }
}
