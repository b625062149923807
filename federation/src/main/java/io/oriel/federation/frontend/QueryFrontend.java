package io.oriel.federation.frontend;

import io.oriel.federation.bucket.Pause;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiError;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the query API out of a query role's, piece by piece. Thread-safe; its collaborators are
/// its owner's.
public final class QueryFrontend {
  private static final Logger LOG = LoggerFactory.getLogger(QueryFrontend.class);
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE");

  /// What it needs from outside.
  ///
  /// @param nanos elapsed time, for the log of slow queries
  public record Parts(
      HttpClient client,
      InstantSource clock,
      LongSupplier nanos,
      Pause pause,
      PrometheusRegistry registry) {}

  private interface Work {
    HttpAnswer answer() throws IOException, InterruptedException;
  }

  private final FrontendSettings settings;
  private final LongSupplier nanos;
  private final FrontendMetrics metrics;
  private final Downstream downstream;
  private final RangeQueries ranges;

  /// @throws OrielException of kind INVALID when results are to be remembered but not split
  public QueryFrontend(FrontendSettings settings, Parts parts) {
    if (settings.range().cache().isPresent() && settings.range().splitInterval().isZero()) {
      throw OrielException.invalid(
          "got a response cache and --query-range.split-interval of zero, want it above zero");
    }
    this.settings = settings;
    this.nanos = parts.nanos();
    this.metrics = new FrontendMetrics(parts.registry());
    this.downstream = new Downstream(parts.client(), settings.downstream(), parts.pause(), metrics);
    this.ranges = new RangeQueries(settings, downstream, parts.clock(), metrics);
  }

  /// Adds every path there is; more specific ones of {@code routes} win.
  public void addTo(Routes routes) {
    routes.getOrPost("/api/v1/query_range", call -> timed(call, "query_range", this::range));
    routes.getOrPost("/api/v1/query", call -> timed(call, "query", downstream::pass));
    routes.getOrPost("/api/v1/labels", call -> timed(call, "label_names", downstream::pass));
    routes.getOrPost("/api/v1/series", call -> timed(call, "series", downstream::pass));
    routes.get(
        "/api/v1/label/{name}/values", call -> timed(call, "label_values", downstream::pass));
    routes.on(METHODS, "/*", call -> guarded(() -> downstream.pass(call)));
  }

  private HttpAnswer range(HttpCall call) throws IOException, InterruptedException {
    return ranges.answer(call);
  }

  private interface Handling {
    HttpAnswer answer(HttpCall call) throws IOException, InterruptedException;
  }

  private HttpAnswer timed(HttpCall call, String operation, Handling handling) throws IOException {
    metrics.query(operation);
    long start = nanos.getAsLong();
    HttpAnswer answer = guarded(() -> handling.answer(call));
    long took = nanos.getAsLong() - start;
    long limit = settings.logQueriesLongerThan().toNanos();
    if (limit < 0 || (limit > 0 && took > limit)) {
      LOG.atInfo()
          .addKeyValue("method", call.method())
          .addKeyValue("path", call.path())
          .addKeyValue("org_id", organisation(call))
          .addKeyValue("seconds", took / 1e9)
          .addKeyValue("status", answer.status())
          .addKeyValue("query", call.param("query"))
          .addKeyValue("start", call.param("start"))
          .addKeyValue("end", call.param("end"))
          .addKeyValue("step", call.param("step"))
          .log("slow query detected");
    }
    return answer;
  }

  private String organisation(HttpCall call) {
    return settings.orgIdHeaders().stream()
        .map(call::header)
        .filter(value -> !value.isEmpty())
        .findFirst()
        .orElse("anonymous");
  }

  private static HttpAnswer guarded(Work work) throws IOException {
    try {
      return work.answer();
    } catch (OrielException e) {
      ApiError error = ApiError.of(e.kind());
      return HttpAnswer.json(error.httpStatus(), ApiEnvelope.error(error, e.reason()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return HttpAnswer.json(
          ApiError.CANCELED.httpStatus(), ApiEnvelope.error(ApiError.CANCELED, "interrupted"));
    }
  }
}
