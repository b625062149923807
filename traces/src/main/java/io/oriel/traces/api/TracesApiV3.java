package io.oriel.traces.api;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.traces.dependency.DependencyLink;
import io.oriel.traces.query.FoundTrace;
import io.oriel.traces.query.TimeWindow;
import io.oriel.traces.query.TraceQuery;
import io.oriel.traces.query.TracedOperation;
import io.oriel.wire.jaegerquery.FilterTerm;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Jaeger's HTTP API v3: spans as OTLP, parameters in both spellings. Thread-safe.
///
/// Raw traces are streamed page by page, so their size does not matter.
public final class TracesApiV3 {
  private static final String JSON = "application/json";
  private static final byte[] START =
      "{\"result\":{\"resourceSpans\":[".getBytes(StandardCharsets.UTF_8);
  private static final byte[] END = "]}}".getBytes(StandardCharsets.UTF_8);

  private final Traces traces;

  public TracesApiV3(Traces traces) {
    this.traces = traces;
  }

  /// Adds all of it.
  public void addTo(Routes routes) {
    on(routes, "/api/v3/services", (_, _) -> services());
    on(routes, "/api/v3/operations", this::operations);
    on(routes, "/api/v3/dependencies", this::dependencies);
    on(routes, "/api/v3/traces", this::find);
    on(routes, "/api/v3/traces/{id}", this::trace);
    on(routes, "/api/v3/trace-summaries", this::summaries);
    post(routes, "/api/v3/traces", this::find);
    post(routes, "/api/v3/trace-summaries", this::summaries);
  }

  private interface Endpoint {
    HttpAnswer answer(HttpCall call, QueryParams in) throws IOException, InterruptedException;
  }

  private void on(Routes routes, String path, Endpoint endpoint) {
    routes.on(
        Set.of("GET"),
        path,
        call -> answer(() -> endpoint.answer(call, new QueryParams(call, traces.clock()))));
  }

  private void post(Routes routes, String path, Endpoint endpoint) {
    routes.on(
        Set.of("POST"),
        path,
        call -> answer(() -> endpoint.answer(call, QueryParams.ofBody(call, traces.clock()))));
  }

  private interface Answering {
    HttpAnswer answer() throws IOException, InterruptedException;
  }

  private static HttpAnswer answer(Answering answering) throws IOException, InterruptedException {
    try {
      return answering.answer();
    } catch (OrielException e) {
      return refusal(e);
    }
  }

  private static HttpAnswer refusal(OrielException e) {
    int status = e.kind().httpStatus();
    JsonWriter json = new JsonWriter();
    json.beginObject().name("error").beginObject();
    json.name("grpcCode").number(e.kind().grpcStatus()).name("httpCode").number(status);
    json.name("message").string(e.reason()).name("httpStatus").string(word(status));
    return HttpAnswer.json(status, json.endObject().endObject().toBytes());
  }

  private static String word(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 409 -> "Conflict";
      case 429 -> "Too Many Requests";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Internal Server Error";
    };
  }

  private static HttpAnswer json(JsonWriter json) {
    return HttpAnswer.json(200, json.toBytes());
  }

  private HttpAnswer services() throws InterruptedException {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("services").beginArray();
    traces.store().services().forEach(json::string);
    return json(json.endArray().endObject());
  }

  private HttpAnswer operations(HttpCall call, QueryParams in) throws InterruptedException {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("operations").beginArray();
    String service = in.text("service");
    if (service.isEmpty()) {
      throw OrielException.invalid("service: got nothing, want a name");
    }
    for (TracedOperation each :
        traces.store().operations(service, in.text("spanKind", "span_kind"))) {
      json.beginObject().name("name").string(each.name());
      json.name("spanKind").string(each.spanKind()).endObject();
    }
    return json(json.endArray().endObject());
  }

  private HttpAnswer dependencies(HttpCall call, QueryParams in) throws InterruptedException {
    long from = required(in.instant("startTime", "start_time"), "startTime");
    long to = required(in.instant("endTime", "end_time"), "endTime");
    JsonWriter json = new JsonWriter();
    json.beginObject().name("dependencies").beginArray();
    for (DependencyLink each :
        traces
            .dependencies()
            .read(Instant.ofEpochMilli(from / 1000), Instant.ofEpochMilli(to / 1000))) {
      json.beginObject().name("parent").string(each.parent()).name("child").string(each.child());
      json.name("callCount").string(Long.toString(each.calls())).endObject();
    }
    return json(json.endArray().endObject());
  }

  private static long required(OptionalLong micros, String name) {
    return micros.orElseThrow(
        () ->
            OrielException.invalid(
                name + ": got nothing, want a time like" + " 2026-11-27T10:00:00Z"));
  }

  private TraceQuery query(QueryParams in) {
    Optional<FilterTerm.Call> filter = filter(in);
    return new TraceQuery(
        in.text("query.serviceName", "query.service_name"),
        in.text("query.operationName", "query.operation_name"),
        in.object("query.attributes", in.text("query.attributes")),
        new TimeWindow(
            required(
                in.instant("query.startTimeMin", "query.start_time_min"), "query.startTimeMin"),
            required(
                in.instant("query.startTimeMax", "query.start_time_max"), "query.startTimeMax")),
        in.took(
            "query.durationMin", "query.duration_min", "query.durationMax", "query.duration_max"),
        in.limit("query.searchDepth", "query.search_depth", "query.num_traces"),
        filter);
  }

  private static Optional<FilterTerm.Call> filter(QueryParams in) {
    String filter = in.text("query.filter");
    return filter.isEmpty()
        ? Optional.empty()
        : Optional.of(FilterJson.read(filter, "query.filter"));
  }

  private HttpAnswer find(HttpCall call, QueryParams in) throws InterruptedException {
    Traces.Form form =
        in.flag("query.rawTraces", "query.raw_traces") ? Traces.Form.RAW : Traces.Form.ADJUSTED;
    List<FoundTrace> found = traces.store().find(query(in));
    if (found.isEmpty()) {
      throw new OrielException(Kind.NOT_FOUND, "no traces found");
    }
    return HttpAnswer.stream(
        200,
        JSON,
        out -> {
          Pieces pieces = new Pieces(out);
          uninterrupted(() -> traces.read(found, form, trace -> pieces.add(trace.spans())));
          pieces.end();
        });
  }

  private HttpAnswer trace(HttpCall call, QueryParams in) throws IOException, InterruptedException {
    TraceId id = QueryParams.traceId(call.pathParam("id"));
    TimeWindow window = window(in);
    if (!in.flag("rawTraces", "raw_traces")) {
      var trace =
          traces
              .one(id, window, Traces.Form.ADJUSTED)
              .orElseThrow(() -> new OrielException(Kind.NOT_FOUND, "trace not found"));
      return HttpAnswer.stream(
          200,
          JSON,
          out -> {
            Pieces pieces = new Pieces(out);
            pieces.add(trace.spans());
            pieces.end();
          });
    }
    if (!traces.store().has(new FoundTrace(id, window))) {
      throw new OrielException(Kind.NOT_FOUND, "trace not found");
    }
    return HttpAnswer.stream(
        200,
        JSON,
        out -> {
          Pieces pieces = new Pieces(out);
          uninterrupted(() -> traces.stream(id, window, pieces::add));
          pieces.end();
        });
  }

  private TimeWindow window(QueryParams in) {
    OptionalLong from = in.instant("startTime", "start_time");
    OptionalLong to = in.instant("endTime", "end_time");
    return from.isEmpty() && to.isEmpty()
        ? TimeWindow.ALWAYS
        : new TimeWindow(from.orElse(0), to.orElse(traces.clock().millis() * 1000));
  }

  private HttpAnswer summaries(HttpCall call, QueryParams in) throws InterruptedException {
    List<FoundTrace> found = traces.store().find(query(in));
    return HttpAnswer.stream(
        200,
        JSON,
        out -> {
          JsonWriter json = new JsonWriter();
          json.beginObject().name("result").beginObject().name("summaries").beginArray();
          uninterrupted(
              () ->
                  traces
                      .store()
                      .summarize(
                          found,
                          summary -> {
                            SummaryJson.write(summary, json);
                            json.drainTo(out);
                          }));
          json.endArray().endObject().endObject().drainTo(out);
        });
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static void uninterrupted(Work work) throws IOException {
    try {
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("answer broken off", e);
    }
  }

  /// Puts the resources of several OTLP documents into one.
  private static final class Pieces {
    private final java.io.OutputStream out;
    private boolean started;

    Pieces(java.io.OutputStream out) {
      this.out = out;
    }

    void add(List<Span> spans) throws IOException {
      out.write(started ? new byte[] {','} : START);
      started = true;
      JsonWriter json = new JsonWriter(64 << 10);
      OtlpTraces.writeResourcesJson(spans, json);
      json.drainTo(out);
    }

    void end() throws IOException {
      if (!started) {
        out.write(START);
      }
      out.write(END);
    }
  }
}
