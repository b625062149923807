package io.oriel.metrics.api;

import io.oriel.model.json.JsonWriter;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiParams;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What the server says of itself: `status/…`. Thread-safe.
public final class StatusApi {
  private static final int DEFAULT_ITEMS = 10;
  private static final int MAX_ITEMS = 10_000;

  /// What does not change while the server runs.
  ///
  /// @param flags the command line, defaults included
  public record Facts(
      String version, Instant started, String workingDirectory, Map<String, String> flags) {
    public Facts {
      flags = Map.copyOf(flags);
    }
  }

  /// What changes while the server runs.
  ///
  /// @param reloadSucceeded whether the newest reload was accepted
  /// @param reloaded when the newest accepted one was
  /// @param corruptions how often the log had to be repaired
  public record Live(boolean reloadSucceeded, Instant reloaded, long corruptions) {}

  private final Facts facts;
  private final Supplier<Live> live;
  private final Supplier<String> configYaml;
  private final Supplier<Tsdb> storage;

  /// @param configYaml the loaded config, secrets masked
  /// @param storage throws while it is not open yet
  public StatusApi(
      Facts facts, Supplier<Live> live, Supplier<String> configYaml, Supplier<Tsdb> storage) {
    this.facts = facts;
    this.live = live;
    this.configYaml = configYaml;
    this.storage = storage;
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    route(
        routes,
        "config",
        json -> json.beginObject().name("yaml").string(configYaml.get()).endObject());
    route(routes, "flags", this::flags);
    route(routes, "buildinfo", this::buildInfo);
    route(routes, "runtimeinfo", this::runtimeInfo);
    routes.get("/api/v1/status/tsdb", ApiCalls.enveloped(this::tsdb));
    route(routes, "tsdb/blocks", this::blocks);
  }

  private static void route(Routes routes, String name, Consumer<JsonWriter> data) {
    routes.get(
        "/api/v1/status/" + name,
        ApiCalls.enveloped(_ -> HttpAnswer.json(200, ApiEnvelope.success(data))));
  }

  private void flags(JsonWriter json) {
    json.beginObject();
    new TreeMap<>(facts.flags()).forEach((name, value) -> json.name(name).string(value));
    json.endObject();
  }

  private void buildInfo(JsonWriter json) {
    json.beginObject().name("version").string(facts.version());
    for (String empty : new String[] {"revision", "branch", "buildUser", "buildDate"}) {
      json.name(empty).string("");
    }
    json.name("goVersion").string("java" + Runtime.version().feature()).endObject();
  }

  private void runtimeInfo(JsonWriter json) {
    json.beginObject().name("startTime").string(facts.started().toString());
    json.name("CWD").string(facts.workingDirectory());
    Live now = live.get();
    json.name("reloadConfigSuccess").bool(now.reloadSucceeded());
    json.name("lastConfigTime").string(now.reloaded().toString());
    json.name("corruptionCount").number(now.corruptions());
    json.name("goroutineCount").number((long) Thread.activeCount());
    json.name("GOMAXPROCS").number((long) Runtime.getRuntime().availableProcessors());
    json.name("GOMEMLIMIT").number(Runtime.getRuntime().maxMemory());
    json.name("GOGC").string("");
    json.name("GODEBUG").string("");
    json.name("storageRetention")
        .string(facts.flags().getOrDefault("storage.tsdb.retention.time", "15d"));
    json.endObject();
  }

  private HttpAnswer tsdb(HttpCall call) {
    int limit = call.param("limit").isEmpty() ? DEFAULT_ITEMS : ApiParams.limit(call::param);
    if (limit < 1 || limit > MAX_ITEMS) {
      throw ApiParams.bad("limit", "got " + limit + ", want 1 to " + MAX_ITEMS);
    }
    HeadCardinality cardinality = HeadCardinality.of(storage.get().head(), limit);
    return HttpAnswer.json(200, ApiEnvelope.success(cardinality::write));
  }

  private void blocks(JsonWriter json) {
    json.beginObject().name("blocks").beginArray();
    for (BlockMeta block : storage.get().blocks()) {
      json.beginObject().name("ulid").string(block.ulid().text());
      json.name("minTime").number(block.minMillis());
      json.name("maxTime").number(block.maxMillis());
      json.name("stats").beginObject().name("numSamples").number(block.stats().samples());
      json.name("numSeries").number(block.stats().series());
      json.name("numChunks").number(block.stats().chunks()).endObject();
      json.name("compaction").beginObject().name("level").number((long) block.level());
      json.endObject().name("version").number(1L).endObject();
    }
    json.endArray().endObject();
  }
}
