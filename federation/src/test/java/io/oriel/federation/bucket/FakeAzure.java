package io.oriel.federation.bucket;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// As much of Azure Blob Storage's REST API as a bucket needs, in memory: blobs, ranges, blocks,
/// and listings in pages. Anybody may do anything.
final class FakeAzure implements AutoCloseable {
  private static final int PAGE = 300;
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");
  private static final Pattern LATEST = Pattern.compile("<Latest>([^<]*)</Latest>");
  private static final DateTimeFormatter TIME = DateTimeFormatter.RFC_1123_DATE_TIME;

  private final HttpServer server;
  private final ConcurrentSkipListMap<String, byte[]> blobs = new ConcurrentSkipListMap<>();
  private final Map<String, byte[]> blocks = new ConcurrentHashMap<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger committed = new AtomicInteger();

  FakeAzure() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String connectionString() {
    return "DefaultEndpointsProtocol=http;AccountName=acc;AccountKey=a2V5;"
        + "BlobEndpoint=http://127.0.0.1:"
        + server.getAddress().getPort()
        + "/acc;";
  }

  /// Answers so many requests with 503.
  void refuse(int requests) {
    refusals.set(requests);
  }

  /// How many blobs were put together of blocks.
  int committed() {
    return committed.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String length = exchange.getRequestHeaders().getFirst("Content-Length");
      if (length != null && Long.parseLong(length) != body.length) {
        return;
      }
      exchange.getResponseHeaders().set("x-ms-version", "2021-12-02");
      exchange.getResponseHeaders().set("Last-Modified", now());
      exchange.getResponseHeaders().set("ETag", "\"0x1\"");
      if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        refuse(exchange, 503, "ServerBusy");
        return;
      }
      String[] path = exchange.getRequestURI().getPath().split("/", 4);
      Map<String, String> query = query(exchange);
      if (path.length < 4 || path[3].isEmpty()) {
        list(exchange, path[2] + "/", query);
      } else {
        blob(exchange, path[2] + "/" + path[3], query, body);
      }
    }
  }

  private static String now() {
    return TIME.format(Instant.now().atZone(ZoneOffset.UTC));
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String text = exchange.getRequestURI().getQuery();
    for (String pair : text == null ? new String[0] : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return query;
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
    exchange.getResponseHeaders().set("x-ms-error-code", code);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    String text =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code><Message>m</Message></Error>"
            .formatted(code);
    send(exchange, status, text.getBytes(StandardCharsets.UTF_8));
  }

  private void blob(HttpExchange exchange, String key, Map<String, String> query, byte[] body)
      throws IOException {
    String method = exchange.getRequestMethod();
    if (method.equals("PUT")) {
      put(exchange, key, query, body);
      return;
    }
    byte[] found = blobs.get(key);
    if (found == null) {
      refuse(exchange, 404, "BlobNotFound");
    } else if (method.equals("DELETE")) {
      blobs.remove(key);
      send(exchange, 202, new byte[0]);
    } else {
      exchange.getResponseHeaders().set("x-ms-blob-type", "BlockBlob");
      exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
      if (method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(found.length));
        exchange.sendResponseHeaders(200, -1);
      } else {
        get(exchange, found);
      }
    }
  }

  private static void get(HttpExchange exchange, byte[] found) throws IOException {
    String header = exchange.getRequestHeaders().getFirst("x-ms-range");
    header = header == null ? exchange.getRequestHeaders().getFirst("Range") : header;
    Matcher range = RANGE.matcher(header == null ? "" : header);
    if (!range.matches()) {
      send(exchange, 200, found);
      return;
    }
    long from = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(range.group(2));
    if (from >= found.length) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + found.length);
      refuse(exchange, 416, "InvalidRange");
      return;
    }
    int end = (int) Math.min(found.length, last + 1);
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + found.length);
    send(exchange, 206, Arrays.copyOfRange(found, (int) from, end));
  }

  private void put(HttpExchange exchange, String key, Map<String, String> query, byte[] body)
      throws IOException {
    String what = query.getOrDefault("comp", "");
    if (what.equals("block")) {
      blocks.put(key + "#" + query.get("blockid"), body);
    } else if (what.equals("blocklist")) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      Matcher id = LATEST.matcher(new String(body, StandardCharsets.UTF_8));
      while (id.find()) {
        byte[] block = blocks.remove(key + "#" + id.group(1));
        if (block == null) {
          refuse(exchange, 400, "InvalidBlockList");
          return;
        }
        all.write(block);
      }
      blobs.put(key, all.toByteArray());
      committed.incrementAndGet();
    } else {
      blobs.put(key, body);
    }
    exchange.getResponseHeaders().set("x-ms-request-server-encrypted", "true");
    send(exchange, 201, new byte[0]);
  }

  private void list(HttpExchange exchange, String container, Map<String, String> query)
      throws IOException {
    String prefix = container + query.getOrDefault("prefix", "");
    String delimiter = query.getOrDefault("delimiter", "");
    String after = query.getOrDefault("marker", "");
    StringBuilder xml =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>");
    String next = "";
    String lastShown = "";
    int shown = 0;
    for (Map.Entry<String, byte[]> one : blobs.tailMap(prefix).entrySet()) {
      if (!one.getKey().startsWith(prefix)) {
        break;
      }
      int slash = delimiter.isEmpty() ? -1 : one.getKey().indexOf(delimiter, prefix.length());
      String key = slash < 0 ? one.getKey() : one.getKey().substring(0, slash + 1);
      String name = key.substring(container.length());
      if (key.equals(lastShown) || !after.isEmpty() && name.compareTo(after) <= 0) {
        continue;
      }
      if (shown == PAGE) {
        next = lastShown.substring(container.length());
        break;
      }
      shown++;
      lastShown = key;
      xml.append(slash < 0 ? entry(name, one.getValue().length) : directory(name));
    }
    xml.append("</Blobs><NextMarker>").append(next).append("</NextMarker></EnumerationResults>");
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    send(exchange, 200, xml.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String directory(String name) {
    return "<BlobPrefix><Name>" + name + "</Name></BlobPrefix>";
  }

  private static String entry(String name, int length) {
    return ("<Blob><Name>%s</Name><Properties><Last-Modified>%s</Last-Modified><Etag>0x1</Etag>"
            + "<Content-Length>%d</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>")
        .formatted(name, now(), length);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
