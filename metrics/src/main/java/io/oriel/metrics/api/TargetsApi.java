package io.oriel.metrics.api;

import io.oriel.metrics.scrape.Scrapes;
import io.oriel.metrics.scrape.TargetStatus;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.parse.Parser;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiParams;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What is scraped: `targets`, `scrape_pools`, `scrape_pools/config`, `metadata`,
/// `targets/metadata`. Thread-safe.
public final class TargetsApi {
  private final Scrapes scrapes;
  private final Supplier<Map<String, String>> jobs;

  /// @param jobs the config of each job, by name, as it may be shown
  public TargetsApi(Scrapes scrapes, Supplier<Map<String, String>> jobs) {
    this.scrapes = scrapes;
    this.jobs = jobs;
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    routes.get("/api/v1/targets", ApiCalls.enveloped(this::targets));
    routes.get("/api/v1/scrape_pools", ApiCalls.enveloped(_ -> pools()));
    routes.get("/api/v1/scrape_pools/config", ApiCalls.enveloped(this::poolConfig));
    routes.get("/api/v1/metadata", ApiCalls.enveloped(this::metadata));
    routes.get("/api/v1/targets/metadata", ApiCalls.enveloped(this::targetMetadata));
  }

  private HttpAnswer pools() {
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginObject().name("scrapePools").beginArray();
              scrapes.jobs().stream().sorted().forEach(json::string);
              json.endArray().endObject();
            }));
  }

  private HttpAnswer poolConfig(HttpCall call) {
    String pool = call.param("scrapePool");
    if (pool.isEmpty()) {
      throw OrielException.invalid("no scrapePool parameter provided");
    }
    String yaml = jobs.get().get(pool);
    if (yaml == null) {
      throw OrielException.invalid(
          "error retrieving scrape config: scrape pool " + Quoted.of(pool) + " not found");
    }
    return HttpAnswer.json(
        200, ApiEnvelope.success(json -> json.beginObject().name("yaml").string(yaml).endObject()));
  }

  private HttpAnswer targets(HttpCall call) {
    String state = call.param("state");
    String pool = call.param("scrapePool");
    boolean active = state.isEmpty() || state.equals("active") || state.equals("any");
    boolean dropped = state.isEmpty() || state.equals("dropped") || state.equals("any");
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginObject().name("activeTargets").beginArray();
              if (active) {
                of(scrapes.active(), pool)
                    .forEach(targets -> targets.forEach(t -> active(json, t)));
              }
              json.endArray().name("droppedTargets").beginArray();
              if (dropped) {
                scrapes
                    .dropped()
                    .forEach(
                        (job, targets) -> {
                          if (pool.isEmpty() || pool.equals(job)) {
                            targets.forEach(labels -> dropped(json, job, labels));
                          }
                        });
              }
              json.endArray().name("droppedTargetCounts").beginObject();
              scrapes.droppedCounts().forEach((job, count) -> json.name(job).number((long) count));
              json.endObject().endObject();
            }));
  }

  private static <T> List<T> of(Map<String, T> byJob, String pool) {
    return byJob.entrySet().stream()
        .filter(entry -> pool.isEmpty() || pool.equals(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static void active(JsonWriter json, TargetStatus status) {
    String url = status.target().uri().toString();
    json.beginObject().name("discoveredLabels").labels(status.target().discovered());
    json.name("labels").labels(status.target().labels());
    json.name("scrapePool").string(status.job());
    json.name("scrapeUrl").string(url);
    json.name("globalUrl").string(url);
    json.name("lastError").string(status.lastError());
    json.name("lastScrape")
        .string(
            status.lastScrapeMillis() == 0
                ? "0001-01-01T00:00:00Z"
                : Instant.ofEpochMilli(status.lastScrapeMillis()).toString());
    json.name("lastScrapeDuration").number(status.lastDurationSeconds());
    json.name("health").string(status.health().word());
    json.name("scrapeInterval").string(DurationSyntax.format(status.target().intervalMillis()));
    json.name("scrapeTimeout").string(DurationSyntax.format(status.target().timeoutMillis()));
    json.endObject();
  }

  private static void dropped(JsonWriter json, String job, Labels discovered) {
    json.beginObject().name("discoveredLabels").labels(discovered);
    json.name("scrapePool").string(job).endObject();
  }

  private HttpAnswer metadata(HttpCall call) {
    long limit = count(call, "limit");
    long perMetric = count(call, "limit_per_metric");
    String metric = call.param("metric");
    Map<String, Set<MetricMetadata>> families = new TreeMap<>();
    for (List<TargetStatus> targets : scrapes.active().values()) {
      for (TargetStatus target : targets) {
        target
            .metadata()
            .forEach(
                (name, metadata) -> {
                  if (metric.isEmpty() || metric.equals(name)) {
                    families.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(metadata);
                  }
                });
      }
    }
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginObject();
              families.entrySet().stream()
                  .limit(limit)
                  .forEach(
                      family -> {
                        json.name(family.getKey()).beginArray();
                        family.getValue().stream()
                            .limit(perMetric == 0 ? Long.MAX_VALUE : perMetric)
                            .forEach(
                                metadata -> {
                                  json.beginObject();
                                  members(json, metadata);
                                  json.endObject();
                                });
                        json.endArray();
                      });
              json.endObject();
            }));
  }

  /// A limit that may be zero; the largest number when it is not given or negative.
  private static long count(HttpCall call, String name) {
    String text = call.param(name);
    try {
      long count = text.isEmpty() ? -1 : Integer.parseInt(text);
      return count < 0 ? Long.MAX_VALUE : count;
    } catch (NumberFormatException _) {
      throw OrielException.invalid(name + " must be a number");
    }
  }

  private static void members(JsonWriter json, MetricMetadata metadata) {
    json.name("type").string(metadata.type().word());
    json.name("help").string(metadata.help());
    json.name("unit").string(metadata.unit());
  }

  /// The limit is looked at before each target, as upstream does: the last one is told whole.
  private HttpAnswer targetMetadata(HttpCall call) {
    long limit = count(call, "limit");
    String metric = call.param("metric");
    List<Matcher> matchers = matchers(call.param("match_target"));
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              long written = 0;
              for (List<TargetStatus> targets : scrapes.active().values()) {
                for (TargetStatus target : targets) {
                  if (written < limit && Matcher.all(matchers, target.target().labels())) {
                    written += metadata(json, target, metric);
                  }
                }
              }
              json.endArray();
            }));
  }

  private static List<Matcher> matchers(String selector) {
    if (selector.isEmpty()) {
      return List.of();
    }
    try {
      return Parser.parseSelector(selector).matchers();
    } catch (OrielException e) {
      throw ApiParams.bad("match_target", e.reason());
    }
  }

  /// @param metric the only one wanted, which needs no name then; empty for all
  private static int metadata(JsonWriter json, TargetStatus target, String metric) {
    int written = 0;
    for (Map.Entry<String, MetricMetadata> family : target.metadata().entrySet()) {
      if (metric.isEmpty() || metric.equals(family.getKey())) {
        json.beginObject().name("target").labels(target.target().labels());
        if (metric.isEmpty()) {
          json.name("metric").string(family.getKey());
        }
        members(json, family.getValue());
        json.endObject();
        written++;
      }
    }
    return written;
  }
}
