package io.oriel.metrics.api;

import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.Warning;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpHandler;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiError;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Names and values that resemble what is typed: `search/…`, for completion. Answers are lines of
/// JSON: batches of results, then whether there would be more. Thread-safe.
public final class SearchApi {
  private static final String LINES = "application/x-ndjson; charset=utf-8";

  /// @param on whether the feature `search-api` is on
  /// @param mostLimit the greatest `limit` of a search, zero for any
  public record Options(boolean on, int mostLimit) {
    /** Upstream's greatest limit. */
    public static final int MOST_LIMIT = 10_000;
  }

  private record Found(String text, double score) {}

  private interface Question {
    Answer<List<String>> ask(Querier querier, List<Matcher> matchers) throws IOException;
  }

  private interface Extra {
    void write(String text, JsonWriter json);
  }

  private final Queryable storage;
  private final Supplier<Map<String, MetricMetadata>> metadata;
  private final InstantSource clock;
  private final Options options;

  /// @param metadata of metric families, by name
  public SearchApi(
      Queryable storage,
      Supplier<Map<String, MetricMetadata>> metadata,
      InstantSource clock,
      Options options) {
    this.storage = storage;
    this.metadata = metadata;
    this.clock = clock;
    this.options = options;
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    route(routes, "metric_names", this::metricNames);
    route(routes, "label_names", this::labelNames);
    route(routes, "label_values", this::labelValues);
  }

  private void route(Routes routes, String name, HttpHandler handler) {
    routes.getOrPost(
        "/api/v1/search/" + name,
        options.on()
            ? ApiCalls.enveloped(handler)
            : _ -> ApiCalls.failure(ApiError.UNAVAILABLE, "search API disabled"));
  }

  private SearchRequest request(HttpCall call, String endpoint) {
    return SearchRequest.of(call, endpoint, clock.millis(), options.mostLimit());
  }

  private HttpAnswer metricNames(HttpCall call) throws IOException {
    SearchRequest request = request(call, "metric_names");
    boolean described = SearchRequest.bool(call, "include_metadata", false);
    Map<String, MetricMetadata> known = described ? metadata.get() : Map.of();
    return search(
        request,
        (querier, matchers) -> querier.labelValues("__name__", 0, matchers),
        "name",
        (text, json) -> {
          MetricMetadata found = known.get(text);
          if (found != null) {
            member(json, "type", found.type().word());
            member(json, "help", found.help());
            member(json, "unit", found.unit());
          }
        });
  }

  private static void member(JsonWriter json, String name, String value) {
    if (!value.isEmpty()) {
      json.name(name).string(value);
    }
  }

  private HttpAnswer labelNames(HttpCall call) throws IOException {
    return search(
        request(call, "label_names"),
        (querier, matchers) -> querier.labelNames(0, matchers),
        "name",
        (_, _) -> {});
  }

  private HttpAnswer labelValues(HttpCall call) throws IOException {
    SearchRequest request = request(call, "label_values");
    String label = call.param("label");
    if (label.isEmpty()) {
      throw OrielException.invalid("missing required parameter \"label\"");
    }
    return search(
        request,
        (querier, matchers) -> querier.labelValues(label, 0, matchers),
        "value",
        (_, _) -> {});
  }

  private HttpAnswer search(SearchRequest request, Question question, String key, Extra extra)
      throws IOException {
    TreeSet<String> all = new TreeSet<>(Utf8Order.COMPARATOR);
    TreeSet<String> notes = new TreeSet<>();
    List<List<Matcher>> selectors =
        request.selectors().isEmpty() ? List.of(List.of()) : request.selectors();
    try (Querier querier = storage.querier(request.startMillis(), request.endMillis())) {
      for (List<Matcher> matchers : selectors) {
        Answer<List<String>> answer = question.ask(querier, matchers);
        all.addAll(answer.value());
        answer.warnings().stream().map(Warning::text).forEach(notes::add);
      }
    }
    List<Found> matching = matching(all, request);
    boolean more = matching.size() > request.limit();
    List<Found> shown = more ? matching.subList(0, request.limit()) : matching;
    return HttpAnswer.stream(
        200,
        LINES,
        out -> {
          int from = 0;
          do {
            int to = (int) Math.min(shown.size(), (long) from + request.batch());
            JsonWriter json = new JsonWriter().beginObject().name("results").beginArray();
            for (Found found : shown.subList(from, to)) {
              json.beginObject().name(key).string(found.text());
              if (request.scores() == SearchRequest.Scores.SHOWN) {
                json.name("score").number(found.score());
              }
              extra.write(found.text(), json);
              json.endObject();
            }
            json.endArray();
            if (from == 0 && !notes.isEmpty()) {
              json.name("warnings").beginArray();
              notes.forEach(json::string);
              json.endArray();
            }
            line(json.endObject(), out);
            from = to;
          } while (from < shown.size());
          JsonWriter end = new JsonWriter().beginObject().name("status").string("success");
          line(end.name("has_more").bool(more).endObject(), out);
        });
  }

  private static void line(JsonWriter json, OutputStream out) throws IOException {
    json.drainTo(out);
    out.write('\n');
    out.flush();
  }

  private static List<Found> matching(TreeSet<String> all, SearchRequest request) {
    List<Found> found = new ArrayList<>();
    for (String text : all) {
      double score = request.terms().score(text);
      if (score != SearchTerms.NONE) {
        found.add(new Found(text, score));
      }
    }
    switch (request.order()) {
      case ASCENDING -> {}
      case DESCENDING -> Collections.reverse(found);
      case SCORE -> found.sort(Comparator.comparingDouble(Found::score).reversed());
    }
    return found;
  }
}
