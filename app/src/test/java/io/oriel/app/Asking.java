package io.oriel.app;

import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks HTTP APIs as a person would.
public final class Asking implements AutoCloseable {
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client;

  public Asking() throws IOException {
    client = HttpClient.create(HttpClientConfig.standard(), "test");
  }

  /// Ports that are free now, as many as a platform of a few clusters takes.
  public static int freePorts() throws IOException {
    for (int attempt = 0; attempt < 50; attempt++) {
      int base = 20_000 + (int) (Math.random() * 10_000);
      if (isFree(base)) {
        return base;
      }
    }
    throw new IOException("no free ports");
  }

  private static boolean isFree(int base) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int port = base; port < base + 140; port++) {
        sockets.add(new ServerSocket(port));
      }
      return true;
    } catch (IOException _) {
      return false;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  /// An instant query.
  ///
  /// @param more further parameters, `&name=value`
  public JsonNode query(String url, String query, String more) throws Exception {
    return get(url, "/api/v1/query?query=" + encoded(query) + more);
  }

  /// A range query; times in seconds.
  public JsonNode range(String url, String query, double start, double end, double step)
      throws Exception {
    return get(
        url,
        "/api/v1/query_range?query="
            + encoded(query)
            + String.format(Locale.ROOT, "&start=%.3f&end=%.3f&step=%.3f", start, end, step));
  }

  public JsonNode get(String url, String path) throws Exception {
    return JSON.readTree(client.send(HttpRequest.get(URI.create(url + path))).text());
  }

  /// The same as part of a trace.
  ///
  /// @param traceparent W3C Trace Context
  public JsonNode get(String url, String path, String traceparent) throws Exception {
    HttpRequest request =
        HttpRequest.get(URI.create(url + path)).withHeader("traceparent", traceparent);
    return JSON.readTree(client.send(request).text());
  }

  /// Asks until the answer is as wanted.
  public JsonNode await(String url, String query, Predicate<JsonNode> wanted) throws Exception {
    long until = System.nanoTime() + PATIENCE_NANOS;
    String last = "";
    while (System.nanoTime() < until) {
      try {
        JsonNode answer = query(url, query, "");
        if (wanted.test(answer)) {
          return answer;
        }
        last = answer.toString();
      } catch (IOException e) {
        last = e.toString();
      }
      Thread.sleep(100);
    }
    throw new AssertionError(query + " at " + url + ": got " + last);
  }

  /// The value of the only series of an instant answer; NaN when there is not one series.
  public static double only(JsonNode answer) {
    JsonNode result = answer.at("/data/result");
    return result.size() == 1
        ? Double.parseDouble(result.get(0).at("/value/1").asString())
        : Double.NaN;
  }

  /// The values of a label over the series of an answer, sorted.
  public static List<String> labels(JsonNode answer, String name) {
    List<String> values = new ArrayList<>();
    for (JsonNode series : answer.at("/data/result")) {
      values.add(series.at("/metric").path(name).asString(""));
    }
    values.sort(null);
    return values;
  }

  public static String encoded(String query) {
    return URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }
}
