package io.oriel.metrics.api;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpHandler;
import io.oriel.runtime.http.Routes;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.head.Head;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiParams;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What changes the database from outside: `admin/tsdb/…`. Thread-safe.
public final class AdminApi {
  private static final DateTimeFormatter SNAPSHOT_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final boolean enabled;
  private final Supplier<Tsdb> storage;
  private final Path snapshots;
  private final InstantSource clock;
  private final RandomGenerator random;

  /// @param enabled whether `--web.enable-admin-api` is given; everything is refused when not
  /// @param storage throws while it is not open yet
  /// @param snapshots the directory under which snapshots are made
  /// @param random makes the names of snapshots differ; thread-safe
  public AdminApi(
      boolean enabled,
      Supplier<Tsdb> storage,
      Path snapshots,
      InstantSource clock,
      RandomGenerator random) {
    this.enabled = enabled;
    this.storage = storage;
    this.snapshots = snapshots;
    this.clock = clock;
    this.random = random;
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    route(routes, "delete_series", this::delete);
    route(routes, "clean_tombstones", this::clean);
    route(routes, "snapshot", this::snapshot);
  }

  private void route(Routes routes, String name, HttpHandler handler) {
    routes.on(
        Set.of("POST", "PUT"),
        "/api/v1/admin/tsdb/" + name,
        ApiCalls.enveloped(
            call -> {
              if (!enabled) {
                throw new OrielException(Kind.UNAVAILABLE, "admin APIs disabled");
              }
              return handler.handle(call);
            }));
  }

  private HttpAnswer delete(HttpCall call) throws IOException {
    if (call.params("match[]").isEmpty()) {
      throw OrielException.invalid("no match[] parameter provided");
    }
    long start = ApiParams.time(call::param, "start", ApiParams.MIN_MILLIS);
    long end = ApiParams.time(call::param, "end", ApiParams.MAX_MILLIS);
    for (String selector : call.params("match[]")) {
      storage.get().delete(SeriesApi.selector(selector), start, end);
    }
    return HttpAnswer.empty(204);
  }

  private HttpAnswer clean(HttpCall call) throws IOException {
    storage.get().cleanTombstones();
    return HttpAnswer.empty(204);
  }

  private HttpAnswer snapshot(HttpCall call) throws IOException {
    String skip = call.param("skip_head");
    if (!skip.isEmpty() && !skip.equals("true") && !skip.equals("false")) {
      throw ApiParams.bad("skip_head", "unable to parse boolean '" + skip + "' argument");
    }
    String name =
        SNAPSHOT_TIME.format(clock.instant()) + "-" + HexFormat.of().toHexDigits(random.nextLong());
    storage
        .get()
        .snapshot(
            snapshots.resolve(name),
            skip.equals("true") ? Head.Inclusion.LEFT_OUT : Head.Inclusion.INCLUDED);
    return HttpAnswer.json(
        200, ApiEnvelope.success(json -> json.beginObject().name("name").string(name).endObject()));
  }
}
