package io.oriel.traces.api;

import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.traces.assemble.CriticalPath;
import io.oriel.traces.assemble.Trace;
import io.oriel.traces.assemble.TraceComparison;
import io.oriel.traces.dependency.DependencyLink;
import io.oriel.traces.query.FoundTrace;
import io.oriel.traces.query.TimeWindow;
import io.oriel.traces.query.TraceQuery;
import io.oriel.traces.query.TracedOperation;
import io.oriel.traces.spanmetrics.PerformanceQuery;
import io.oriel.traces.spanmetrics.ServiceSeries;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Jaeger's HTTP API v1, which its UI and Grafana use, and what Oriel adds beside it: the critical
/// path of a trace, the comparison of two, and where the logs of a span are. Thread-safe.
public final class TracesApi {
  private static final String JSON = "application/json";
  private static final int NO_CODE = 0;
  private static final int MAX_IDS = 1_000;
  private static final long MIN_STEP_MILLIS = 1;
  private static final Duration STANDARD_STEP = Duration.ofSeconds(5);
  private static final Duration AROUND_SPAN = Duration.ofSeconds(5);

  private final Traces traces;

  public TracesApi(Traces traces) {
    this.traces = traces;
  }

  /// Adds all of it.
  public void addTo(Routes routes) {
    on(routes, "GET", "/api/services", (_, _) -> services());
    on(
        routes,
        "GET",
        "/api/services/{service}/operations",
        (call, _) -> operationNames(call.pathParam("service")));
    on(routes, "GET", "/api/operations", this::operations);
    on(routes, "GET", "/api/traces", this::search);
    on(routes, "GET", "/api/traces/{id}", this::trace);
    on(routes, "GET", "/api/traces/{id}/critical-path", this::criticalPath);
    on(routes, "GET", "/api/traces/{id}/compare/{other}", this::compare);
    on(routes, "GET", "/api/traces/{id}/spans/{span}/logs", this::logs);
    on(routes, "GET", "/api/exemplars/{id}", this::exemplar);
    on(routes, "POST", "/api/archive/{id}", this::archive);
    on(routes, "POST", "/api/transform", (call, _) -> transform(call));
    on(routes, "GET", "/api/dependencies", this::dependencies);
    on(routes, "GET", "/api/metrics/latencies", this::latencies);
    on(routes, "GET", "/api/metrics/calls", this::calls);
    on(routes, "GET", "/api/metrics/errors", this::errors);
    on(
        routes,
        "GET",
        "/api/metrics/minstep",
        (_, _) -> envelope(1, json -> json.number(MIN_STEP_MILLIS)));
  }

  private interface Endpoint {
    HttpAnswer answer(HttpCall call, QueryParams in) throws IOException, InterruptedException;
  }

  private void on(Routes routes, String method, String path, Endpoint endpoint) {
    routes.on(
        Set.of(method),
        path,
        call -> {
          try {
            return endpoint.answer(call, new QueryParams(call, traces.clock()));
          } catch (OrielException e) {
            return refusal(e);
          }
        });
  }

  private static HttpAnswer refusal(OrielException e) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("data").nothing();
    tail(json, 0, List.of(new Failure(e.kind().httpStatus(), e.reason(), "")));
    return HttpAnswer.json(e.kind().httpStatus(), json.toBytes());
  }

  /// What went wrong while the rest went well.
  ///
  /// @param code of HTTP, or {@link #NO_CODE}
  /// @param traceId empty when it is of none in particular
  private record Failure(int code, String message, String traceId) {}

  /// The rest of the envelope.
  private static void tail(JsonWriter json, int total, List<Failure> failures) {
    json.name("total").number(total).name("limit").number(0).name("offset").number(0);
    json.name("errors");
    if (failures.isEmpty()) {
      json.nothing();
    } else {
      json.beginArray();
      for (Failure each : failures) {
        json.beginObject();
        if (each.code != NO_CODE) {
          json.name("code").number(each.code);
        }
        json.name("msg").string(each.message);
        if (!each.traceId.isEmpty()) {
          json.name("traceID").string(each.traceId);
        }
        json.endObject();
      }
      json.endArray();
    }
    json.endObject();
  }

  private interface Content {
    void write(JsonWriter json);
  }

  private static HttpAnswer envelope(int total, Content data) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("data");
    data.write(json);
    tail(json, total, List.of());
    return HttpAnswer.json(200, json.toBytes());
  }

  private static HttpAnswer names(List<String> names) {
    return envelope(
        names.size(),
        json -> {
          json.beginArray();
          names.forEach(json::string);
          json.endArray();
        });
  }

  private HttpAnswer services() throws InterruptedException {
    return names(traces.store().services());
  }

  private HttpAnswer operationNames(String service) throws InterruptedException {
    return names(
        traces.store().operations(service, "").stream()
            .map(TracedOperation::name)
            .distinct()
            .toList());
  }

  private HttpAnswer operations(HttpCall call, QueryParams in) throws InterruptedException {
    String service = in.text("service");
    if (service.isEmpty()) {
      throw OrielException.invalid("service: got nothing, want a name");
    }
    List<TracedOperation> operations =
        traces.store().operations(service, in.text("spanKind", "span_kind"));
    return envelope(
        operations.size(),
        json -> {
          json.beginArray();
          for (TracedOperation each : operations) {
            json.beginObject().name("name").string(each.name());
            json.name("spanKind").string(each.spanKind()).endObject();
          }
          json.endArray();
        });
  }

  private HttpAnswer search(HttpCall call, QueryParams in) throws InterruptedException {
    Traces.Form form = form(in);
    List<String> ids = in.all("traceID");
    if (!ids.isEmpty()) {
      return stream(named(ids, in.around()), form, ids.size());
    }
    TraceQuery wanted =
        new TraceQuery(
            in.text("service"),
            in.text("operation"),
            in.tags(),
            in.searched(),
            in.took("minDuration", "min_duration", "maxDuration", "max_duration"),
            in.limit("limit"));
    return stream(traces.store().find(wanted), form, 0);
  }

  private static List<FoundTrace> named(List<String> ids, TimeWindow window) {
    if (ids.size() > MAX_IDS) {
      throw OrielException.invalid("traceID: got " + ids.size() + ", want at most " + MAX_IDS);
    }
    LinkedHashSet<TraceId> wanted = new LinkedHashSet<>();
    ids.forEach(id -> wanted.add(QueryParams.traceId(id)));
    return wanted.stream().map(id -> new FoundTrace(id, window)).toList();
  }

  private static Traces.Form form(QueryParams in) {
    return in.flag("raw") ? Traces.Form.RAW : Traces.Form.ADJUSTED;
  }

  /// Writes traces as they come; those asked for by name that are not there are told as errors.
  private HttpAnswer stream(List<FoundTrace> wanted, Traces.Form form, int named) {
    return HttpAnswer.stream(
        200,
        JSON,
        out -> {
          JsonWriter json = new JsonWriter(64 << 10);
          json.beginObject().name("data").beginArray();
          Set<TraceId> missing = new LinkedHashSet<>();
          if (named > 0) {
            wanted.forEach(each -> missing.add(each.id()));
          }
          List<Failure> failures = new ArrayList<>();
          try {
            traces.read(
                wanted,
                form,
                trace -> {
                  missing.remove(trace.id());
                  new UiJson(json).trace(trace, List.of());
                  json.drainTo(out);
                });
          } catch (OrielException e) {
            failures.add(new Failure(e.kind().httpStatus(), e.reason(), ""));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("search broken off", e);
          }
          missing.forEach(
              id -> failures.add(new Failure(NO_CODE, "trace not found", UiJson.id(id))));
          json.endArray();
          tail(json, 0, failures);
          json.drainTo(out);
        });
  }

  private Trace one(String id, QueryParams in, Traces.Form form)
      throws IOException, InterruptedException {
    Optional<Trace> found = traces.one(QueryParams.traceId(id), in.around(), form);
    return found.orElseThrow(() -> new OrielException(Kind.NOT_FOUND, "trace not found"));
  }

  private HttpAnswer trace(HttpCall call, QueryParams in) throws IOException, InterruptedException {
    Trace trace = one(call.pathParam("id"), in, form(in));
    return HttpAnswer.stream(200, JSON, out -> write(trace, out));
  }

  private static void write(Trace trace, OutputStream out) throws IOException {
    JsonWriter json = new JsonWriter(64 << 10);
    json.beginObject().name("data").beginArray();
    new UiJson(json).trace(trace, List.of());
    json.endArray();
    tail(json, 0, List.of());
    json.drainTo(out);
  }

  /// What the UI shows of a file with OTLP in it.
  private HttpAnswer transform(HttpCall call) {
    OtlpTraces.Decoded read = OtlpTraces.readJson(call.body());
    Map<TraceId, List<Span>> byTrace = new LinkedHashMap<>();
    for (Span span : read.spans()) {
      byTrace.computeIfAbsent(span.traceId(), _ -> new ArrayList<>()).add(span);
    }
    List<Failure> failures =
        read.rejected() == 0 ? List.of() : List.of(new Failure(400, read.reason(), ""));
    return HttpAnswer.stream(
        200,
        JSON,
        out -> {
          JsonWriter json = new JsonWriter(64 << 10);
          json.beginObject().name("data").beginArray();
          for (Map.Entry<TraceId, List<Span>> each : byTrace.entrySet()) {
            new UiJson(json).trace(new Trace(each.getKey(), each.getValue()), List.of());
            json.drainTo(out);
          }
          json.endArray();
          tail(json, 0, failures);
          json.drainTo(out);
        });
  }

  private HttpAnswer criticalPath(HttpCall call, QueryParams in)
      throws IOException, InterruptedException {
    Trace trace = one(call.pathParam("id"), in, Traces.Form.ADJUSTED);
    List<CriticalPath.Section> path = CriticalPath.of(trace);
    return envelope(
        path.size(),
        json -> {
          json.beginArray();
          for (CriticalPath.Section each : path) {
            json.beginObject().name("spanID").string(Span.hex(each.spanId()));
            json.name("sectionStart").number(each.startNanos() / 1000);
            json.name("sectionEnd").number(each.endNanos() / 1000).endObject();
          }
          json.endArray();
        });
  }

  private HttpAnswer compare(HttpCall call, QueryParams in)
      throws IOException, InterruptedException {
    List<TraceComparison.Step> steps =
        TraceComparison.of(
            one(call.pathParam("id"), in, Traces.Form.ADJUSTED),
            one(call.pathParam("other"), in, Traces.Form.ADJUSTED));
    return envelope(
        steps.size(),
        json -> {
          json.beginArray();
          for (TraceComparison.Step step : steps) {
            json.beginObject().name("service").string(step.service());
            json.name("operation").string(step.operation());
            json.name("parent").number(step.parent());
            json.name("left").number(step.left()).name("right").number(step.right());
            json.endObject();
          }
          json.endArray();
        });
  }

  /// What to ask the logs for, so that the lines of one span are found: those with its ids, and
  /// those of its pod while it ran.
  private HttpAnswer logs(HttpCall call, QueryParams in) throws IOException, InterruptedException {
    Trace trace = one(call.pathParam("id"), in, Traces.Form.RAW);
    String wanted = call.pathParam("span");
    Span span =
        trace.spans().stream()
            .filter(each -> each.spanIdHex().equals(wanted))
            .findFirst()
            .orElseThrow(() -> new OrielException(Kind.NOT_FOUND, "span not found"));
    Attributes about = span.resource().attributes();
    String pod = about.text("k8s.pod.name");
    String namespace = about.text("k8s.namespace.name");
    return envelope(
        1,
        json -> {
          json.beginObject().name("traceID").string(trace.id().hex());
          json.name("spanID").string(wanted).name("service").string(span.service());
          json.name("cluster").string(about.text("cluster"));
          json.name("namespace").string(namespace).name("pod").string(pod);
          json.name("start").string(instant(span.startNanos()).minus(AROUND_SPAN).toString());
          json.name("end").string(instant(span.endNanos()).plus(AROUND_SPAN).toString());
          json.name("byTrace").string("/api/v1/logs/trace/" + trace.id().hex());
          json.name("query").string(podQuery(namespace, pod)).endObject();
        });
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  private static String podQuery(String namespace, String pod) {
    List<String> terms = new ArrayList<>();
    if (!namespace.isEmpty()) {
      terms.add("kubernetes.namespace : " + quoted(namespace));
    }
    if (!pod.isEmpty()) {
      terms.add("kubernetes.pod.name : " + quoted(pod));
    }
    return String.join(" and ", terms);
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /// From an exemplar's trace id to what the trace is, if it was kept.
  private HttpAnswer exemplar(HttpCall call, QueryParams in)
      throws IOException, InterruptedException {
    TraceId id = QueryParams.traceId(call.pathParam("id"));
    JsonWriter found = new JsonWriter();
    found.beginArray();
    int[] count = {0};
    traces
        .store()
        .summarize(
            List.of(new FoundTrace(id, in.around())),
            summary -> {
              count[0]++;
              SummaryJson.write(summary, found);
            });
    if (count[0] == 0) {
      throw new OrielException(
          Kind.NOT_FOUND, "trace not found: not sampled, not yet written, or deleted");
    }
    found.endArray();
    return envelope(1, json -> json.raw(found));
  }

  private HttpAnswer archive(HttpCall call, QueryParams in)
      throws IOException, InterruptedException {
    traces.archive(QueryParams.traceId(call.pathParam("id")), in.around());
    JsonWriter json = new JsonWriter();
    json.beginObject().name("data").beginArray().endArray();
    json.name("total").number(0).name("limit").number(0).name("offset").number(0);
    // here upstream says that there are none
    json.name("errors").beginArray().endArray();
    return HttpAnswer.json(200, json.endObject().toBytes());
  }

  private HttpAnswer dependencies(HttpCall call, QueryParams in) throws InterruptedException {
    OptionalLong end = in.number("endTs");
    if (end.isEmpty()) {
      throw OrielException.invalid("endTs: got nothing, want Unix milliseconds");
    }
    long lookback = in.number("lookback").orElse(Duration.ofDays(1).toMillis());
    String service = in.text("service");
    List<DependencyLink> links =
        traces
            .dependencies()
            .read(
                Instant.ofEpochMilli(Math.max(0, end.getAsLong() - lookback)),
                Instant.ofEpochMilli(end.getAsLong()))
            .stream()
            .filter(
                link ->
                    service.isEmpty()
                        || link.parent().equals(service)
                        || link.child().equals(service))
            .toList();
    return envelope(
        0,
        json -> {
          json.beginArray();
          for (DependencyLink each : links) {
            json.beginObject().name("parent").string(each.parent());
            json.name("child").string(each.child());
            json.name("callCount").number(each.calls()).endObject();
          }
          json.endArray();
        });
  }

  private HttpAnswer latencies(HttpCall call, QueryParams in) throws InterruptedException {
    if (in.text("quantile").isEmpty()) {
      throw OrielException.invalid("quantile: got nothing, want 0 to 1");
    }
    PerformanceQuery wanted = performance(in);
    return MetricFamilies.answer(
        MetricFamilies.LATENCIES,
        wanted.grouping(),
        traces.performance().latencies(wanted, in.real("quantile")));
  }

  private HttpAnswer calls(HttpCall call, QueryParams in) throws InterruptedException {
    PerformanceQuery wanted = performance(in);
    List<ServiceSeries> series = traces.performance().callRates(wanted);
    return MetricFamilies.answer(MetricFamilies.CALLS, wanted.grouping(), series);
  }

  private HttpAnswer errors(HttpCall call, QueryParams in) throws InterruptedException {
    PerformanceQuery wanted = performance(in);
    List<ServiceSeries> series = traces.performance().errorRates(wanted);
    return MetricFamilies.answer(MetricFamilies.ERRORS, wanted.grouping(), series);
  }

  private PerformanceQuery performance(QueryParams in) {
    List<SpanKind> kinds = new ArrayList<>();
    for (String word : in.all("spanKind")) {
      SpanKind kind = SpanKind.ofWord(word);
      if (kind == SpanKind.UNSPECIFIED && !word.equals(kind.word())) {
        throw OrielException.invalid(
            "spanKind: got another word, want unspecified, internal, server, client, producer or"
                + " consumer");
      }
      kinds.add(kind);
    }
    return new PerformanceQuery(
        in.all("service"),
        kinds,
        in.flag("groupByOperation")
            ? PerformanceQuery.Grouping.OPERATION
            : PerformanceQuery.Grouping.SERVICE,
        new PerformanceQuery.Steps(
            in.number("endTs").orElse(traces.clock().millis()),
            in.number("lookback").orElse(Duration.ofHours(1).toMillis()),
            in.number("step").orElse(STANDARD_STEP.toMillis()),
            in.number("ratePer").orElse(Duration.ofMinutes(10).toMillis())));
  }
}
