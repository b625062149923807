package io.oriel.federation.store;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.number.GoFloat;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RulesRequest;
import io.oriel.wire.storeapi.TargetDiscovery;
import io.oriel.wire.storeapi.TargetDiscovery.ActiveTarget;
import io.oriel.wire.storeapi.TargetDiscovery.Health;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The facts of a Prometheus beside us, from its HTTP API v1.
public final class PrometheusFacts implements Facts {
  private final PrometheusClient prometheus;

  public PrometheusFacts(PrometheusClient prometheus) {
    this.prometheus = prometheus;
  }

  private interface Reading<T> {
    T read(JsonParser json) throws IOException;
  }

  private <T> T read(String target, Reading<T> reading) throws IOException {
    try (JsonParser json = prometheus.data(target)) {
      json.nextToken();
      return reading.read(json);
    } catch (JacksonException | NumberFormatException | DateTimeException e) {
      throw new OrielException(
          Kind.UNAVAILABLE, "prometheus answers malformed " + target + ": " + e.getMessage(), e);
    }
  }

  @Override
  public List<RuleGroup> rules(RulesRequest.Type type) throws IOException {
    String target =
        switch (type) {
          case ALL -> "/api/v1/rules";
          case ALERT -> "/api/v1/rules?type=alert";
          case RECORD -> "/api/v1/rules?type=record";
        };
    return read(target, PrometheusRules::groups);
  }

  @Override
  public TargetDiscovery targets(TargetDiscovery.State state) throws IOException {
    return read(
        "/api/v1/targets?state=" + state.name().toLowerCase(Locale.ROOT), PrometheusFacts::targets);
  }

  private static TargetDiscovery targets(JsonParser json) {
    List<ActiveTarget> active = new ArrayList<>();
    List<Labels> dropped = new ArrayList<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "activeTargets" -> {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            active.add(target(json));
          }
        }
        case "droppedTargets" -> {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            dropped.add(target(json).discoveredLabels());
          }
        }
        default -> json.skipChildren();
      }
    }
    return new TargetDiscovery(active, dropped);
  }

  private static ActiveTarget target(JsonParser json) {
    Labels discovered = Labels.empty();
    Labels own = Labels.empty();
    Map<String, String> texts = new LinkedHashMap<>();
    double seconds = 0;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "discoveredLabels" -> discovered = labels(json);
        case "labels" -> own = labels(json);
        case "lastScrapeDuration" -> seconds = json.getDoubleValue();
        case "scrapePool", "scrapeUrl", "globalUrl", "lastError", "lastScrape", "health" ->
            texts.put(name, json.getString());
        default -> json.skipChildren();
      }
    }
    return new ActiveTarget(
        discovered,
        own,
        texts.getOrDefault("scrapePool", ""),
        texts.getOrDefault("scrapeUrl", ""),
        texts.getOrDefault("globalUrl", ""),
        texts.getOrDefault("lastError", ""),
        time(texts.getOrDefault("lastScrape", "")),
        seconds,
        switch (texts.getOrDefault("health", "")) {
          case "up" -> Health.UP;
          case "down" -> Health.DOWN;
          default -> Health.UNKNOWN;
        });
  }

  @Override
  public Map<String, List<MetricMetadata>> metadata(String metric) throws IOException {
    String target =
        metric.isEmpty() ? "/api/v1/metadata" : "/api/v1/metadata?metric=" + encoded(metric);
    return read(target, PrometheusFacts::metadata);
  }

  private static Map<String, List<MetricMetadata>> metadata(JsonParser json) {
    Map<String, List<MetricMetadata>> all = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      List<MetricMetadata> metas = all.computeIfAbsent(json.currentName(), _ -> new ArrayList<>());
      json.nextToken();
      while (json.nextToken() == JsonToken.START_OBJECT) {
        Labels members = labels(json);
        metas.add(
            new MetricMetadata(
                MetricType.ofWord(members.get("type")), members.get("unit"), members.get("help")));
      }
    }
    return all;
  }

  @Override
  public List<SeriesExemplars> exemplars(
      long startMillis, long endMillis, List<List<Matcher>> selectors) throws IOException {
    String query = ExternalLabels.union(selectors);
    return read(
        "/api/v1/query_exemplars?query="
            + encoded(query)
            + "&start="
            + PrometheusClient.seconds(startMillis)
            + "&end="
            + PrometheusClient.seconds(endMillis),
        PrometheusFacts::exemplars);
  }

  private static List<SeriesExemplars> exemplars(JsonParser json) {
    List<SeriesExemplars> all = new ArrayList<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      Labels series = Labels.empty();
      List<Exemplar> exemplars = new ArrayList<>();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "seriesLabels" -> series = labels(json);
          case "exemplars" -> {
            while (json.nextToken() == JsonToken.START_OBJECT) {
              exemplars.add(exemplar(json));
            }
          }
          default -> json.skipChildren();
        }
      }
      all.add(new SeriesExemplars(series, exemplars));
    }
    return all;
  }

  private static Exemplar exemplar(JsonParser json) {
    Labels labels = Labels.empty();
    double value = 0;
    long millis = 0;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "labels" -> labels = labels(json);
        case "value" -> value = GoFloat.parse(json.getString());
        case "timestamp" -> millis = new BigDecimal(json.getString()).movePointRight(3).longValue();
        default -> json.skipChildren();
      }
    }
    return new Exemplar(labels, value, millis, true);
  }

  /// An object of strings; the parser stands at its start, and after that at its end.
  static Labels labels(JsonParser json) {
    LabelsBuilder labels = new LabelsBuilder();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      labels.set(name, json.getString());
    }
    return labels.build();
  }

  /// RFC 3339, with any offset; Go's zero time when there is none.
  static Instant time(String text) {
    return OffsetDateTime.parse(text.isEmpty() ? "0001-01-01T00:00:00Z" : text).toInstant();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
