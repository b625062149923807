package io.oriel.runtime.http;

import io.oriel.runtime.trace.Tracer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which handler answers which path. Not thread-safe; complete before the server starts.
///
/// A path is literal, or has `{name}` for one segment, or ends in `/*` for any rest. The most
/// specific route wins.
public final class Routes {
  record Route(Set<String> methods, String path, HttpHandler handler, boolean streamed) {}

  private final List<Route> routes = new ArrayList<>();
  private Optional<HttpHandler> fallback = Optional.empty();

  /// Answers GET (and HEAD) on {@code path}.
  public Routes get(String path, HttpHandler handler) {
    return on(Set.of("GET"), path, handler);
  }

  /// Answers POST on {@code path}.
  public Routes post(String path, HttpHandler handler) {
    return on(Set.of("POST"), path, handler);
  }

  /// Answers GET and POST on {@code path}, as Prometheus' query endpoints do.
  public Routes getOrPost(String path, HttpHandler handler) {
    return on(Set.of("GET", "POST"), path, handler);
  }

  /// Answers {@code methods} on {@code path}.
  ///
  /// @throws IllegalStateException when there is such a route already
  public Routes on(Set<String> methods, String path, HttpHandler handler) {
    return add(new Route(methods, path, handler, false));
  }

  /// Answers {@code methods} on {@code path} while the body is still coming: the handler reads it
  /// from {@link HttpCall#bodyStream}, and the client is held back to the handler's pace.
  public Routes streamed(Set<String> methods, String path, HttpHandler handler) {
    return add(new Route(methods, path, handler, true));
  }

  private Routes add(Route route) {
    for (Route other : routes) {
      if (other.path().equals(route.path())
          && !Collections.disjoint(other.methods(), route.methods())) {
        throw new IllegalStateException("two routes for " + route.methods() + " " + route.path());
      }
    }
    routes.add(route);
    return this;
  }

  /// Answers whatever no route is for; without, that is a 404.
  public Routes otherwise(HttpHandler handler) {
    fallback = Optional.of(handler);
    return this;
  }

  /// The same routes, each of whose calls is a span, begun by the caller's or here; those of
  /// scrapes, health and start pages are not.
  public Routes traced(Tracer tracer) {
    Routes traced = new Routes();
    for (Route route : routes) {
      traced.routes.add(
          new Route(
              route.methods(),
              route.path(),
              isForMachines(route.path())
                  ? route.handler()
                  : call -> serve(tracer, route.path(), route.handler(), call),
              route.streamed()));
    }
    traced.fallback = fallback;
    return traced;
  }

  private static boolean isForMachines(String path) {
    return path.equals("/") || path.startsWith("/metrics") || path.startsWith("/-/");
  }

  private static HttpAnswer serve(Tracer tracer, String path, HttpHandler handler, HttpCall call)
      throws Exception {
    return tracer.serve(
        call.method() + " " + path,
        call.header("traceparent"),
        call.header("tracestate"),
        span -> {
          HttpAnswer answer = handler.handle(call);
          span.set("http.request.method", call.method()).set("http.route", path);
          span.set("http.response.status_code", Integer.toString(answer.status()));
          if (answer.status() >= 500) {
            span.fail("status " + answer.status());
          }
          return answer;
        });
  }

  /// The methods that are answered on each path; a path may stand for others.
  public Map<String, Set<String>> methodsByPath() {
    Map<String, Set<String>> found = new TreeMap<>();
    for (Route route : routes) {
      found.computeIfAbsent(route.path(), _ -> new TreeSet<>()).addAll(route.methods());
    }
    return found;
  }

  Optional<Route> fallback() {
    return fallback.map(handler -> new Route(Set.of(), "/*", handler, false));
  }

  List<Route> all() {
    return List.copyOf(routes);
  }
}
