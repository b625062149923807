package io.oriel.federation.store;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.SelectHints;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remoteread.ChunkedResponse;
import io.oriel.wire.remoteread.ReadRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The calls that a sidecar makes to its Prometheus: remote read and the HTTP API v1. Thread-safe;
/// the HTTP client is its owner's.
public final class PrometheusClient {
  private static final int MAX_BYTES = 512 << 20;
  private static final int MAX_REASON = 256;
  private static final JsonFactory JSON = new JsonFactory();

  private final HttpClient client;
  private final URI base;
  private final Duration timeout;

  /// @param base such as `http://localhost:9090`
  public PrometheusClient(HttpClient client, URI base, Duration timeout) {
    this.client = client;
    this.base = base;
    this.timeout = timeout;
  }

  /// The frames of the series that satisfy {@code matchers}, as Prometheus streams them; a series
  /// may span several frames that follow one another.
  List<ChunkedResponse.Frame> read(
      long minMillis, long maxMillis, List<Matcher> matchers, SelectHints hints)
      throws IOException {
    ReadRequest.Query query = new ReadRequest.Query(minMillis, maxMillis, matchers, hints);
    byte[] body = Compression.SNAPPY.compress(new ReadRequest(List.of(query), true).write());
    HttpRequest request =
        HttpRequest.post(resolve("/api/v1/read"), "application/x-protobuf", body)
            .withHeader("content-encoding", Compression.SNAPPY.word())
            .withHeader("x-prometheus-remote-read-version", "0.1.0");
    List<ChunkedResponse.Frame> frames = new ArrayList<>();
    InputStream in = new ByteArrayInputStream(send(request).body());
    for (ChunkedResponse.Frame frame = ChunkedResponse.read(in, MAX_BYTES);
        frame != null;
        frame = ChunkedResponse.read(in, MAX_BYTES)) {
      frames.add(frame);
    }
    return frames;
  }

  /// The labels of the series that satisfy {@code matchers}.
  List<Labels> series(long minMillis, long maxMillis, List<Matcher> matchers) throws IOException {
    List<Labels> series = new ArrayList<>();
    try (JsonParser json = data("/api/v1/series", minMillis, maxMillis, matchers)) {
      expect(json, JsonToken.START_ARRAY);
      while (json.nextToken() == JsonToken.START_OBJECT) {
        LabelsBuilder labels = new LabelsBuilder();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = json.currentName();
          json.nextToken();
          labels.set(name, json.getString());
        }
        series.add(labels.build());
      }
    }
    return series;
  }

  List<String> labelNames(long minMillis, long maxMillis, List<Matcher> matchers)
      throws IOException {
    return strings("/api/v1/labels", minMillis, maxMillis, matchers);
  }

  List<String> labelValues(String name, long minMillis, long maxMillis, List<Matcher> matchers)
      throws IOException {
    String path = "/api/v1/label/" + escapedName(name) + "/values";
    return strings(path, minMillis, maxMillis, matchers);
  }

  /// A parser in front of the data of a GET.
  ///
  /// @param target path and query, encoded
  /// @throws OrielException of kind UNAVAILABLE when it does not answer
  JsonParser data(String target) throws IOException {
    return at("data", get(target));
  }

  /// The config file that Prometheus runs with, as it prints it.
  ///
  /// @throws OrielException of kind UNAVAILABLE when it does not answer
  public String config() throws IOException {
    try (JsonParser json = at("data", get("/api/v1/status/config"))) {
      expect(json, JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean yaml = json.currentName().equals("yaml");
        json.nextToken();
        if (yaml) {
          return json.getString();
        }
        json.skipChildren();
      }
    }
    throw new OrielException(Kind.UNAVAILABLE, base + ": status/config has no yaml");
  }

  /// Its command line's flags, without dashes.
  ///
  /// @throws OrielException of kind UNAVAILABLE when it does not answer
  public Map<String, String> flags() throws IOException {
    Map<String, String> flags = new LinkedHashMap<>();
    try (JsonParser json = at("data", get("/api/v1/status/flags"))) {
      expect(json, JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        flags.put(name, json.getString());
      }
    }
    return flags;
  }

  /// Whether it runs with the config that it read last.
  ///
  /// @throws OrielException of kind UNAVAILABLE when it does not answer
  public boolean hasLoadedConfig() throws IOException {
    try (JsonParser json = at("data", get("/api/v1/status/runtimeinfo"))) {
      expect(json, JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = json.currentName().equals("reloadConfigSuccess");
        json.nextToken();
        if (wanted) {
          return json.getBooleanValue();
        }
        json.skipChildren();
      }
    }
    throw new OrielException(Kind.UNAVAILABLE, base + ": runtimeinfo has no reloadConfigSuccess");
  }

  /// Makes it read its config and rules again.
  public void reload() throws IOException {
    send(HttpRequest.post(resolve("/-/reload"), "text/plain", new byte[0]));
  }

  /// Whether it answers.
  public boolean isUp() {
    try {
      send(HttpRequest.get(resolve("/-/healthy")));
      return true;
    } catch (IOException | OrielException _) {
      return false;
    }
  }

  /// A name of any characters as it stands in a path: Prometheus' `U__` escaping.
  private static String escapedName(String name) {
    boolean plain =
        name.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || c == '_'));
    if (plain) {
      return name;
    }
    StringBuilder escaped = new StringBuilder("U__");
    name.codePoints()
        .forEach(
            c -> {
              if (c == '_') {
                escaped.append("__");
              } else if (c < 0x80 && Character.isLetterOrDigit(c)) {
                escaped.append((char) c);
              } else {
                escaped.append('_').append(Integer.toHexString(c)).append('_');
              }
            });
    return escaped.toString();
  }

  private List<String> strings(String path, long minMillis, long maxMillis, List<Matcher> matchers)
      throws IOException {
    List<String> strings = new ArrayList<>();
    try (JsonParser json = data(path, minMillis, maxMillis, matchers)) {
      expect(json, JsonToken.START_ARRAY);
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        strings.add(json.getString());
      }
    }
    return strings;
  }

  private JsonParser data(String path, long minMillis, long maxMillis, List<Matcher> matchers)
      throws IOException {
    StringBuilder target = new StringBuilder(path);
    target.append("?start=").append(seconds(minMillis)).append("&end=").append(seconds(maxMillis));
    if (!matchers.isEmpty()) {
      StringBuilder selector = new StringBuilder("{");
      for (Matcher matcher : matchers) {
        selector.append(selector.length() == 1 ? "" : ",").append(matcher);
      }
      target
          .append("&match[]=")
          .append(URLEncoder.encode(selector.append('}').toString(), StandardCharsets.UTF_8));
    }
    return at("data", get(target.toString()));
  }

  /// Milliseconds as seconds, bounded to what Prometheus can parse.
  static String seconds(long millis) {
    long bounded = Math.clamp(millis, -9_000_000_000_000_000L, 9_000_000_000_000_000L);
    return Math.floorDiv(bounded, 1000) + "." + "%03d".formatted(Math.floorMod(bounded, 1000));
  }

  private byte[] get(String target) throws IOException {
    return send(HttpRequest.get(resolve(target))).body();
  }

  private URI resolve(String target) {
    String prefix = base.toString();
    return URI.create(
        (prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix)
            + target.replace("match[]", "match%5B%5D"));
  }

  private HttpResult send(HttpRequest request) throws IOException {
    HttpResult result;
    try {
      result = client.send(request.withTimeout(timeout).withMaxBodyBytes(MAX_BYTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "interrupted", e);
    }
    if (!result.isSuccess()) {
      String text = result.text().strip();
      throw new OrielException(
          Kind.UNAVAILABLE,
          "%s: http status %d: %s"
              .formatted(
                  base, result.status(), text.substring(0, Math.min(text.length(), MAX_REASON))));
    }
    return result;
  }

  /// A parser in front of the value of {@code field} of the outermost object.
  private JsonParser at(String field, byte[] body) {
    JsonParser json = JSON.createParser(ObjectReadContext.empty(), body);
    expect(json, JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      if (json.currentName().equals(field)) {
        return json;
      }
      json.nextToken();
      json.skipChildren();
    }
    throw new OrielException(Kind.UNAVAILABLE, base + ": answer has no " + field);
  }

  private void expect(JsonParser json, JsonToken wanted) {
    JsonToken got = json.nextToken();
    if (got != wanted) {
      throw new OrielException(Kind.UNAVAILABLE, base + ": got " + got + ", want " + wanted);
    }
  }
}
