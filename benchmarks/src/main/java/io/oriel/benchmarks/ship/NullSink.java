package io.oriel.benchmarks.ship;

import com.github.luben.zstd.ZstdInputStream;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/// Takes every bulk request and says that all of it is stored; `/count` says how many documents
/// there were. To the questions that Filebeat has before it sends anything it is an Elasticsearch.
/// Prints its port.
final class NullSink {
  private static final byte[] ITEM =
      "{\"create\":{\"status\":201}}".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] ROOT =
      "{\"name\":\"sink\",\"cluster_name\":\"sink\",\"version\":{\"number\":\"7.17.29\"}}"
          .getBytes(StandardCharsets.US_ASCII);

  private static final byte[] LICENSE =
      "{\"license\":{\"status\":\"active\",\"uid\":\"sink\",\"type\":\"basic\"}}"
          .getBytes(StandardCharsets.US_ASCII);

  private static final AtomicLong DOCUMENTS = new AtomicLong();

  private NullSink() {}

  public static void main(String[] args) throws Exception {
    // else the JDK's server waits 40 ms for an acknowledgement within every answer
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, ROOT));
    server.createContext("/_license", exchange -> answer(exchange, LICENSE));
    server.createContext("/_bulk", NullSink::bulk);
    server.createContext(
        "/count",
        exchange ->
            answer(exchange, Long.toString(DOCUMENTS.get()).getBytes(StandardCharsets.US_ASCII)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    System.out.println(server.getAddress().getPort());
    new CountDownLatch(1).await();
  }

  private static void answer(HttpExchange exchange, byte[] text) throws IOException {
    elastic(exchange);
    exchange.sendResponseHeaders(200, text.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(text);
    }
  }

  private static void elastic(HttpExchange exchange) {
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
  }

  private static void bulk(HttpExchange exchange) throws IOException {
    String encoding = String.valueOf(exchange.getRequestHeaders().getFirst("content-encoding"));
    long lines = 0;
    try (InputStream raw = exchange.getRequestBody();
        InputStream in =
            switch (encoding) {
              case "gzip" -> new GZIPInputStream(raw, 64 << 10);
              case "zstd" -> new ZstdInputStream(raw);
              default -> raw;
            }) {
      byte[] buffer = new byte[64 << 10];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (int i = 0; i < n; i++) {
          lines += buffer[i] == '\n' ? 1 : 0;
        }
      }
    }
    DOCUMENTS.addAndGet(lines / 2);
    elastic(exchange);
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write("{\"errors\":false,\"items\":[".getBytes(StandardCharsets.US_ASCII));
      for (long i = 0; i < lines / 2; i++) {
        if (i > 0) {
          out.write(',');
        }
        out.write(ITEM);
      }
      out.write("]}".getBytes(StandardCharsets.US_ASCII));
    }
  }
}
