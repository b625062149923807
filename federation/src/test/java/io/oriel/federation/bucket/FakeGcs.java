package io.oriel.federation.bucket;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.oriel.model.labels.Utf8Order;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// As much of Google Cloud Storage's JSON API as a bucket needs, in memory: objects, ranges,
/// uploads in one request and resumable ones, listings in pages, and the exchange of a service
/// account's assertion for a token. Fails loudly on what it does not know.
final class FakeGcs implements AutoCloseable {
  private static final int PAGE = 300;
  private static final String TOKEN = "a-token";
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (?:([0-9]+)-([0-9]+)|\\*)/([0-9]+|\\*)");
  private static final Pattern NAME = Pattern.compile("\"name\"\\s*:\\s*\"([^\"]*)\"");

  private final HttpServer server;
  private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>(Utf8Order.COMPARATOR);
  private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger chunks = new AtomicInteger();
  private final AtomicInteger tokens = new AtomicInteger();
  private volatile boolean wantsToken;

  private record Upload(String key, ByteArrayOutputStream content) {}

  FakeGcs() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Answers so many requests with 503.
  void refuse(int requests) {
    refusals.set(requests);
  }

  /// From now on refuses whoever has no token.
  void demandTokens(boolean demanded) {
    wantsToken = demanded;
  }

  /// How many tokens were given out.
  int tokens() {
    return tokens.get();
  }

  /// How many chunks of resumable uploads came.
  int chunks() {
    return chunks.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String length = exchange.getRequestHeaders().getFirst("Content-Length");
      if (length != null && Long.parseLong(length) != body.length) {
        return;
      }
      String path = exchange.getRequestURI().getRawPath();
      if (path.equals("/token")) {
        token(exchange, body);
      } else if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        refuse(exchange, 503, "busy");
      } else if (wantsToken
          && !("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        refuse(exchange, 401, "no token");
      } else {
        route(exchange, path, body);
      }
    }
  }

  private void token(HttpExchange exchange, byte[] body) throws IOException {
    if (!new String(body, StandardCharsets.UTF_8).contains("assertion=")) {
      refuse(exchange, 400, "no assertion");
      return;
    }
    tokens.incrementAndGet();
    json(
        exchange,
        "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":3600}".formatted(TOKEN));
  }

  private void route(HttpExchange exchange, String path, byte[] body) throws IOException {
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String[] parts = path.split("/");
    if (path.startsWith("/session/")) {
      chunk(exchange, parts[2], body);
    } else if (path.startsWith("/upload/storage/v1/b/")) {
      upload(exchange, parts[5], query, body);
    } else if (path.startsWith("/download/storage/v1/b/")) {
      download(exchange, parts[5] + "/" + decoded(parts[7]));
    } else if (path.startsWith("/storage/v1/b/") && parts.length == 6) {
      list(exchange, parts[4], query);
    } else if (path.startsWith("/storage/v1/b/") && parts.length == 7) {
      String key = parts[4] + "/" + decoded(parts[6]);
      if (query.getOrDefault("alt", "json").equals("media")) {
        download(exchange, key);
      } else {
        object(exchange, key);
      }
    } else {
      throw new IllegalStateException(exchange.getRequestMethod() + " " + path);
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String pair : text == null ? new String[0] : text.split("&")) {
      int equals = pair.indexOf('=');
      query.put(pair.substring(0, equals), decoded(pair.substring(equals + 1)));
    }
    return query;
  }

  private static void json(HttpExchange exchange, String text) throws IOException {
    send(exchange, 200, "application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  private static void refuse(HttpExchange exchange, int status, String reason) throws IOException {
    String text = "{\"error\":{\"code\":%d,\"message\":\"%s\"}}".formatted(status, reason);
    send(exchange, status, "application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  private void upload(HttpExchange exchange, String bucket, Map<String, String> query, byte[] body)
      throws IOException {
    if (query.getOrDefault("uploadType", "").equals("resumable")) {
      String id = Integer.toString(sessions.incrementAndGet());
      String key = bucket + "/" + query.getOrDefault("name", "");
      uploads.put(id, new Upload(key, new ByteArrayOutputStream()));
      exchange.getResponseHeaders().set("Location", url() + "/session/" + id);
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    String boundary = "--" + type.replaceAll(".*boundary=\"?([^\";]+).*", "$1");
    String text = new String(body, StandardCharsets.ISO_8859_1);
    int second = text.indexOf(boundary, boundary.length());
    int content = text.indexOf("\r\n\r\n", second) + 4;
    int end = text.lastIndexOf("\r\n" + boundary);
    Matcher name = NAME.matcher(new String(Arrays.copyOf(body, second), StandardCharsets.UTF_8));
    if (!name.find()) {
      throw new IllegalStateException("no name in " + text);
    }
    String key = bucket + "/" + name.group(1);
    byte[] made = Arrays.copyOfRange(body, content, end);
    objects.put(key, made);
    json(exchange, entry(key, made.length));
  }

  private void chunk(HttpExchange exchange, String session, byte[] body) throws IOException {
    Upload upload = uploads.get(session);
    Matcher range = CONTENT_RANGE.matcher(exchange.getRequestHeaders().getFirst("Content-Range"));
    if (upload == null || !range.matches()) {
      refuse(exchange, 400, "no such upload or range");
      return;
    }
    chunks.incrementAndGet();
    upload.content().write(body);
    if (range.group(3).equals("*")) {
      exchange.getResponseHeaders().set("Range", "bytes=0-" + (upload.content().size() - 1));
      exchange.sendResponseHeaders(308, -1);
      return;
    }
    byte[] made = upload.content().toByteArray();
    if (made.length != Long.parseLong(range.group(3))) {
      refuse(exchange, 400, "incomplete");
      return;
    }
    objects.put(upload.key(), made);
    uploads.remove(session);
    json(exchange, entry(upload.key(), made.length));
  }

  private void download(HttpExchange exchange, String key) throws IOException {
    byte[] found = objects.get(key);
    if (found == null) {
      refuse(exchange, 404, "No such object: " + key);
      return;
    }
    String header = exchange.getRequestHeaders().getFirst("Range");
    Matcher range = RANGE.matcher(header == null ? "" : header);
    if (!range.matches()) {
      send(exchange, 200, "application/octet-stream", found);
      return;
    }
    long from = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(range.group(2));
    if (from >= found.length) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + found.length);
      refuse(exchange, 416, "range not satisfiable");
      return;
    }
    int end = (int) Math.min(found.length, last + 1);
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + found.length);
    send(exchange, 206, "application/octet-stream", Arrays.copyOfRange(found, (int) from, end));
  }

  private void object(HttpExchange exchange, String key) throws IOException {
    byte[] found = objects.get(key);
    if (found == null) {
      refuse(exchange, 404, "No such object: " + key);
    } else if (exchange.getRequestMethod().equals("DELETE")) {
      objects.remove(key);
      exchange.sendResponseHeaders(204, -1);
    } else {
      json(exchange, entry(key, found.length));
    }
  }

  private void list(HttpExchange exchange, String bucket, Map<String, String> query)
      throws IOException {
    String root = bucket + "/";
    String prefix = root + query.getOrDefault("prefix", "");
    String delimiter = query.getOrDefault("delimiter", "");
    String after = query.getOrDefault("pageToken", "");
    StringBuilder items = new StringBuilder();
    StringBuilder prefixes = new StringBuilder();
    String lastShown = "";
    String next = "";
    int shown = 0;
    for (Map.Entry<String, byte[]> one : objects.entrySet()) {
      if (!one.getKey().startsWith(prefix)) {
        continue;
      }
      int slash = delimiter.isEmpty() ? -1 : one.getKey().indexOf(delimiter, prefix.length());
      String key = slash < 0 ? one.getKey() : one.getKey().substring(0, slash + 1);
      String name = key.substring(root.length());
      boolean past = !after.isEmpty() && Utf8Order.COMPARATOR.compare(name, after) <= 0;
      if (name.equals(lastShown) || past) {
        continue;
      }
      if (shown++ == PAGE) {
        next = lastShown;
        break;
      }
      lastShown = name;
      if (slash < 0) {
        items.append(items.isEmpty() ? "" : ",").append(entry(key, one.getValue().length));
      } else {
        prefixes.append(prefixes.isEmpty() ? "" : ",").append("\"" + name + "\"");
      }
    }
    json(
        exchange,
        "{\"kind\":\"storage#objects\",%s\"prefixes\":[%s],\"items\":[%s]}"
            .formatted(
                next.isEmpty() ? "" : "\"nextPageToken\":\"" + next + "\",", prefixes, items));
  }

  private static String entry(String key, int length) {
    int slash = key.indexOf('/');
    return ("{\"kind\":\"storage#object\",\"bucket\":\"%s\",\"name\":\"%s\",\"size\":\"%d\","
            + "\"updated\":\"2026-01-02T03:04:05.678Z\",\"generation\":\"1\"}")
        .formatted(key.substring(0, slash), key.substring(slash + 1), length);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
