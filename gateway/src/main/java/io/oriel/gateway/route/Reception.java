package io.oriel.gateway.route;

import io.oriel.gateway.audit.AuditEvent;
import io.oriel.gateway.audit.AuditLog;
import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.gateway.identity.KnownClusters;
import io.oriel.gateway.quota.Throttled;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpHandler;
import io.oriel.wire.elastic.ElasticError;
import io.oriel.wire.elastic.FilterPath;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every call goes through: who is it, what is the answer, or the refusal as the engine's
/// clients understand it; counted and, if it matters, audited. Thread-safe.
final class Reception {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int MAX_SEEN = 10_000;

  /** What is read of a refused body, so that its sender gets to see the answer. */
  private static final long DRAIN = 128L << 20;

  private static final String VENDOR = "application/vnd.elasticsearch+json";

  private final KnownClusters clusters;
  private final AuditLog audit;
  private final GatewayMetrics metrics;

  /** Serial numbers of certificates that have been here. */
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  Reception(KnownClusters clusters, AuditLog audit, GatewayMetrics metrics) {
    this.clusters = clusters;
    this.audit = audit;
    this.metrics = metrics;
  }

  /// A handler that lets {@code visit} answer.
  ///
  /// @param route for the counters, and the audited action
  HttpHandler receive(String route, Visit visit) {
    return receive(route, visit, (failure, _) -> error(asElastic(failure)));
  }

  /// How a failure is told.
  @FunctionalInterface
  interface Refusals {
    HttpAnswer answer(OrielException failure, HttpCall call);
  }

  /// As the other, for clients that are told failures in another way.
  HttpHandler receive(String route, Visit visit, Refusals refusals) {
    return call -> {
      Optional<ClusterIdentity> client = Optional.empty();
      HttpAnswer answer;
      try {
        client = Optional.of(identify(call));
        greet(client.get(), call);
        answer = visit.answer(call, client.get());
      } catch (OrielException e) {
        note(e, route, call, client);
        drain(call);
        answer = refusals.answer(e, call);
        if (e.kind().isRetryable()) {
          long seconds = e instanceof RetryLater later ? later.retryAfterSeconds() : 1;
          answer.header("retry-after", Long.toString(seconds));
        }
      } catch (IOException | InterruptedException e) {
        // what the server makes of it: 413 for too much, 400 for a client that went away
        throw e;
      } catch (Exception e) {
        LOG.atError().setCause(e).addKeyValue("route", route).log("request failed");
        answer = error(new ElasticError(500, "exception", "internal error"));
      }
      metrics.answered(name(client), route, answer.status());
      return dressed(answer, call);
    };
  }

  private static String name(Optional<ClusterIdentity> client) {
    return client.map(ClusterIdentity::cluster).orElse("");
  }

  private ClusterIdentity identify(HttpCall call) {
    return clusters.of(
        call.clientCertificate()
            .orElseThrow(
                () -> new OrielException(Kind.UNAUTHENTICATED, "want a client certificate")));
  }

  private void greet(ClusterIdentity client, HttpCall call) {
    if (seen.size() < MAX_SEEN && seen.add(client.serial())) {
      audit.write(
          new AuditEvent(
              "connect",
              AuditEvent.Outcome.SUCCESS,
              Optional.of(client),
              call.remote(),
              call.header("user-agent"),
              ""));
    }
  }

  private void note(
      OrielException e, String route, HttpCall call, Optional<ClusterIdentity> client) {
    if (e instanceof Throttled throttled) {
      metrics.throttled(name(client), throttled.limit());
      return;
    }
    metrics.refused(name(client), e.kind().name().toLowerCase(Locale.ROOT));
    if (e.kind().fault() == Kind.Fault.CALLER && !(e instanceof RetryLater)) {
      audit.write(
          new AuditEvent(
              route, AuditEvent.Outcome.FAILURE, client, call.remote(), call.path(), e.reason()));
    }
  }

  /// A limit of one request's size is 413 to these clients: they send less next time.
  private static ElasticError asElastic(OrielException e) {
    boolean tooLarge =
        e instanceof LimitExceeded || (e instanceof EngineRefusal refusal && refusal.isTooLarge());
    return tooLarge
        ? new ElasticError(413, "content_too_long_exception", e.reason())
        : ElasticError.of(e.kind(), e.reason());
  }

  static HttpAnswer error(ElasticError error) {
    return HttpAnswer.json(error.status(), error.toBytes());
  }

  /// How much of an answer the caller wants to see; refusals are told whole.
  static FilterPath wanted(HttpCall call) {
    return FilterPath.of(call.param("filter_path"));
  }

  /// What a client is told whose request is for nothing that shippers need.
  static OrielException notForShippers(HttpCall call) {
    return new OrielException(
        Kind.FORBIDDEN, call.method() + " " + call.path() + " is not for shippers");
  }

  static HttpAnswer json(int status, byte[] json, FilterPath wanted) {
    return HttpAnswer.json(status, wanted.isAll() ? json : wanted.apply(json));
  }

  /// Reads what is left of the body, within a bound.
  private static void drain(HttpCall call) throws IOException {
    InputStream in = call.bodyStream();
    byte[] nowhere = new byte[16 << 10];
    long left = DRAIN;
    for (int n = in.read(nowhere); n >= 0 && left > 0; n = in.read(nowhere)) {
      left -= n;
    }
  }

  /// Adds what clients of Elasticsearch 7.14 and newer look for.
  private static HttpAnswer dressed(HttpAnswer answer, HttpCall call) {
    HttpAnswer dressed = answer.header("x-elastic-product", "Elasticsearch");
    String accept = call.header("accept");
    if (accept.startsWith(VENDOR) && accept.contains("compatible-with=")) {
      int end = accept.indexOf(',');
      return dressed.header("content-type", end < 0 ? accept : accept.substring(0, end));
    }
    return dressed;
  }
}
