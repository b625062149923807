package io.oriel.traces.api;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.oriel.traces.assemble.Trace;
import io.oriel.traces.assemble.TraceSummary;
import io.oriel.traces.dependency.DependencyLink;
import io.oriel.traces.query.FoundTrace;
import io.oriel.traces.query.SpanFilters;
import io.oriel.traces.query.TimeWindow;
import io.oriel.traces.query.TraceQuery;
import io.oriel.traces.spanmetrics.PerformanceQuery;
import io.oriel.traces.spanmetrics.ServiceSeries;
import io.oriel.wire.jaegerquery.JaegerServices;
import io.oriel.wire.jaegerquery.QueryAnswers;
import io.oriel.wire.jaegerquery.QueryMessages;
import io.oriel.wire.jaegerquery.QueryMessages.Protocol;
import io.oriel.wire.jaegerquery.SearchParameters;
import io.oriel.wire.jaegerquery.TraceRequest;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Jaeger's gRPC services: those for people's tools, and those that let an unmodified Jaeger use us
/// as its storage. Thread-safe.
///
/// Traces go out in chunks of one trace each, large ones in several; the storage's come straight
/// from the engine page by page, since that Jaeger adjusts them itself.
public final class TraceServices {
  private static final int CHUNK = 1_000;

  private final Traces traces;

  public TraceServices(Traces traces) {
    this.traces = traces;
  }

  private interface Call {
    void answer(GrpcCall call) throws IOException, InterruptedException;
  }

  private static GrpcService.Method unary(String name, Call call) {
    return new GrpcService.Method(name, Shape.UNARY, call::answer);
  }

  private static GrpcService.Method stream(String name, Call call) {
    return new GrpcService.Method(name, Shape.SERVER_STREAM, call::answer);
  }

  /// `api_v3`, `api_v2` and metrics: port 16685 upstream.
  public List<GrpcService> forTools() {
    return List.of(
        new GrpcService(
            JaegerServices.QUERY_V3,
            List.of(
                stream(JaegerServices.GET_TRACE, call -> trace(call, Protocol.V3)),
                stream(JaegerServices.FIND_TRACES, call -> find(call, Protocol.V3)),
                stream(JaegerServices.FIND_TRACE_SUMMARIES, call -> summaries(call, Protocol.V3)),
                unary(JaegerServices.GET_SERVICES, this::services),
                unary(JaegerServices.GET_OPERATIONS, call -> operations(call, Protocol.V3)),
                unary(JaegerServices.GET_DEPENDENCIES, call -> dependencies(call, Protocol.V3)))),
        new GrpcService(
            JaegerServices.QUERY_V2,
            List.of(
                stream(JaegerServices.GET_TRACE, call -> trace(call, Protocol.V2)),
                stream(JaegerServices.FIND_TRACES, call -> find(call, Protocol.V2)),
                unary(JaegerServices.ARCHIVE_TRACE, this::archive),
                unary(JaegerServices.GET_SERVICES, this::services),
                unary(JaegerServices.GET_OPERATIONS, call -> operations(call, Protocol.V2)),
                unary(JaegerServices.GET_DEPENDENCIES, call -> dependencies(call, Protocol.V2)))),
        new GrpcService(
            JaegerServices.METRICS,
            List.of(
                unary(JaegerServices.GET_LATENCIES, this::latencies),
                unary(JaegerServices.GET_CALL_RATES, this::callRates),
                unary(JaegerServices.GET_ERROR_RATES, this::errorRates),
                unary(JaegerServices.GET_MIN_STEP, call -> call.send(QueryAnswers.minStep(1))))));
  }

  /// The storage protocol: port 17271 upstream.
  public List<GrpcService> forStorage() {
    return List.of(
        new GrpcService(
            JaegerServices.TRACE_READER,
            List.of(
                stream(JaegerServices.GET_TRACES, this::stored),
                stream(JaegerServices.FIND_TRACES, this::findStored),
                unary(JaegerServices.FIND_TRACE_IDS, this::findIds),
                stream(
                    JaegerServices.FIND_TRACE_SUMMARIES, call -> summaries(call, Protocol.STORAGE)),
                unary(JaegerServices.GET_SERVICES, this::services),
                unary(JaegerServices.GET_OPERATIONS, call -> operations(call, Protocol.STORAGE)))),
        new GrpcService(
            JaegerServices.DEPENDENCY_READER,
            List.of(
                unary(
                    JaegerServices.GET_DEPENDENCIES,
                    call -> dependencies(call, Protocol.STORAGE)))),
        new GrpcService(
            JaegerServices.CAPABILITIES,
            List.of(
                unary(
                    JaegerServices.GET_CAPABILITIES,
                    call ->
                        call.send(
                            QueryAnswers.capabilities(
                                SpanFilters.LEVELS, SpanFilters.OPERATORS))))));
  }

  private void services(GrpcCall call) throws InterruptedException {
    call.send(QueryAnswers.services(traces.store().services()));
  }

  private void operations(GrpcCall call, Protocol protocol) throws InterruptedException {
    QueryMessages.OperationsRequest wanted = QueryMessages.operations(call.request());
    if (wanted.service().isEmpty()) {
      throw OrielException.invalid("service: got nothing, want a name");
    }
    call.send(
        QueryAnswers.operations(
            traces.store().operations(wanted.service(), wanted.spanKind()).stream()
                .map(each -> new QueryAnswers.Operation(each.name(), each.spanKind()))
                .toList(),
            protocol));
  }

  private void dependencies(GrpcCall call, Protocol protocol) throws InterruptedException {
    QueryMessages.Period period = QueryMessages.dependencies(call.request());
    if (protocol != Protocol.STORAGE && (period.from().isEmpty() || period.to().isEmpty())) {
      throw OrielException.invalid("start_time, end_time: got nothing, want both");
    }
    List<DependencyLink> links =
        traces
            .dependencies()
            .read(
                Instant.ofEpochMilli(millis(period.from(), 0)),
                Instant.ofEpochMilli(millis(period.to(), traces.clock().millis())));
    call.send(
        QueryAnswers.dependencies(
            links.stream()
                .map(each -> new QueryAnswers.Dependency(each.parent(), each.child(), each.calls()))
                .toList()));
  }

  private TimeWindow window(OptionalLong from, OptionalLong to) {
    return from.isEmpty() && to.isEmpty()
        ? TimeWindow.ALWAYS
        : new TimeWindow(from.orElse(0), to.orElse(traces.clock().millis() * 1000));
  }

  private static ByteBuffer encoded(List<Span> spans, Protocol protocol) {
    return protocol == Protocol.V2
        ? QueryAnswers.chunk(spans)
        : ByteBuffer.wrap(OtlpTraces.write(spans));
  }

  private static void send(GrpcCall call, Trace trace, Protocol protocol) {
    for (int from = 0; from < trace.spans().size(); from += CHUNK) {
      List<Span> some = trace.spans().subList(from, Math.min(trace.spans().size(), from + CHUNK));
      call.send(encoded(some, protocol));
    }
  }

  private void trace(GrpcCall call, Protocol protocol) throws IOException, InterruptedException {
    TraceRequest wanted = QueryMessages.trace(call.request(), protocol);
    TimeWindow window = window(wanted.from(), wanted.to());
    if (wanted.raw()) {
      long seen = traces.stream(wanted.id(), window, page -> call.send(encoded(page, protocol)));
      if (seen > 0) {
        return;
      }
    } else {
      Optional<Trace> found = traces.one(wanted.id(), window, Traces.Form.ADJUSTED);
      if (found.isPresent()) {
        send(call, found.get(), protocol);
        return;
      }
    }
    throw new OrielException(Kind.NOT_FOUND, "trace not found");
  }

  private List<FoundTrace> found(Protocol protocol, SearchParameters asked)
      throws InterruptedException {
    SearchParameters.Bounds bounds = asked.bounds();
    if (protocol == Protocol.V3 && (bounds.from().isEmpty() || bounds.to().isEmpty())) {
      throw OrielException.invalid(
          "start_time_min, start_time_max: got nothing, want the bounds of the search");
    }
    return traces
        .store()
        .find(
            new TraceQuery(
                asked.service(),
                asked.operation(),
                asked.tags(),
                window(bounds.from(), bounds.to()),
                new TraceQuery.Took(bounds.minDuration(), bounds.maxDuration()),
                asked.depth() == 0 ? QueryParams.STANDARD_LIMIT : asked.depth(),
                asked.filter()));
  }

  private void find(GrpcCall call, Protocol protocol) throws IOException, InterruptedException {
    SearchParameters asked = QueryMessages.search(call.request(), protocol);
    Traces.Form form =
        asked.form() == SearchParameters.Form.RAW ? Traces.Form.RAW : Traces.Form.ADJUSTED;
    traces.read(found(protocol, asked), form, trace -> send(call, trace, protocol));
  }

  private void summaries(GrpcCall call, Protocol protocol)
      throws IOException, InterruptedException {
    SearchParameters asked = QueryMessages.search(call.request(), protocol);
    traces
        .store()
        .summarize(
            found(protocol, asked),
            summary -> call.send(QueryAnswers.summaries(List.of(message(summary)), protocol)));
  }

  private static QueryAnswers.Summary message(TraceSummary summary) {
    return new QueryAnswers.Summary(
        summary.id(),
        summary.root().service(),
        summary.root().operation(),
        new QueryAnswers.Summary.Extent(summary.extent().startNanos(), summary.extent().endNanos()),
        List.of(summary.counts().spans(), summary.counts().errors(), summary.counts().orphans()),
        summary.services().stream()
            .map(each -> new QueryAnswers.Summary.Share(each.name(), each.spans(), each.errors()))
            .toList());
  }

  private void archive(GrpcCall call) throws IOException, InterruptedException {
    TraceRequest wanted = QueryMessages.trace(call.request(), Protocol.V2);
    traces.archive(wanted.id(), window(wanted.from(), wanted.to()));
    call.send(QueryAnswers.nothing());
  }

  private void stored(GrpcCall call) throws IOException, InterruptedException {
    for (TraceRequest wanted : QueryMessages.traces(call.request())) {
      traces.stream(
          wanted.id(),
          window(wanted.from(), wanted.to()),
          page -> call.send(encoded(page, Protocol.STORAGE)));
    }
  }

  private void findStored(GrpcCall call) throws IOException, InterruptedException {
    SearchParameters asked = QueryMessages.search(call.request(), Protocol.STORAGE);
    for (FoundTrace trace : found(Protocol.STORAGE, asked)) {
      traces.store().stream(trace, page -> call.send(encoded(page, Protocol.STORAGE)));
    }
  }

  private void findIds(GrpcCall call) throws InterruptedException {
    SearchParameters asked = QueryMessages.search(call.request(), Protocol.STORAGE);
    call.send(
        QueryAnswers.found(
            found(Protocol.STORAGE, asked).stream()
                .map(
                    each ->
                        new QueryAnswers.FoundId(
                            each.id(), each.window().fromMicros(), each.window().toMicros()))
                .toList()));
  }

  private void latencies(GrpcCall call) throws InterruptedException {
    QueryMessages.MetricsRequest asked = QueryMessages.metrics(call.request());
    PerformanceQuery wanted = performance(asked);
    send(
        call,
        MetricFamilies.LATENCIES,
        wanted,
        traces.performance().latencies(wanted, asked.quantile()));
  }

  private void callRates(GrpcCall call) throws InterruptedException {
    PerformanceQuery wanted = performance(QueryMessages.metrics(call.request()));
    send(call, MetricFamilies.CALLS, wanted, traces.performance().callRates(wanted));
  }

  private void errorRates(GrpcCall call) throws InterruptedException {
    PerformanceQuery wanted = performance(QueryMessages.metrics(call.request()));
    send(call, MetricFamilies.ERRORS, wanted, traces.performance().errorRates(wanted));
  }

  private static void send(
      GrpcCall call, MetricFamilies family, PerformanceQuery wanted, List<ServiceSeries> all) {
    call.send(
        QueryAnswers.metrics(
            family.name(wanted.grouping()),
            family.help(wanted.grouping()),
            all.stream()
                .map(
                    each ->
                        new QueryAnswers.ServiceSeries(
                            each.service(),
                            each.operation(),
                            each.points().stream()
                                .map(point -> new QueryAnswers.Point(point.millis(), point.value()))
                                .toList()))
                .toList()));
  }

  private PerformanceQuery performance(QueryMessages.MetricsRequest asked) {
    QueryMessages.MetricsRequest.Times times = asked.times();
    return new PerformanceQuery(
        asked.services(),
        asked.spanKinds().stream().map(SpanKind::ofNumber).toList(),
        asked.byOperation()
            ? PerformanceQuery.Grouping.OPERATION
            : PerformanceQuery.Grouping.SERVICE,
        new PerformanceQuery.Steps(
            millis(times.end(), traces.clock().millis()),
            millis(times.lookback(), Duration.ofHours(1).toMillis()),
            millis(times.step(), Duration.ofSeconds(5).toMillis()),
            millis(times.ratePer(), Duration.ofMinutes(10).toMillis())));
  }

  private static long millis(OptionalLong micros, long standard) {
    return micros.isPresent() ? micros.getAsLong() / 1000 : standard;
  }
}
