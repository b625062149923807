package io.oriel.benchmarks.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/// Stands for an engine that costs nothing: reads bulks away and says that all of them is stored,
/// compressed, as an engine would. What is left is the cost of the way there.
final class BulkSink implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final HttpServer server;
  private final byte[] reply;

  /// @param documents of every bulk
  BulkSink(int documents) throws IOException {
    reply = reply(documents);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext("/_bulk", this::answer);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static byte[] reply(int documents) throws IOException {
    StringBuilder json = new StringBuilder("{\"took\":30,\"errors\":false,\"items\":[");
    for (int i = 0; i < documents; i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"create\":{\"_index\":\".ds-logs-dev-01-bench-000001\",\"_id\":\"")
          .append(Long.toHexString(i * 0x9E3779B97F4A7C15L))
          .append("\",\"_version\":1,\"result\":\"created\",\"_shards\":{\"total\":1,")
          .append("\"successful\":1,\"failed\":0},\"_seq_no\":")
          .append(i)
          .append(",\"_primary_term\":1,\"status\":201}}");
    }
    json.append("]}");
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(json.toString().getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] buffer = new byte[BUFFER];
      InputStream in = exchange.getRequestBody();
      while (in.read(buffer) >= 0) {
        // away with it
      }
      exchange.getResponseHeaders().set("content-type", "application/json");
      exchange.getResponseHeaders().set("content-encoding", "gzip");
      exchange.sendResponseHeaders(200, reply.length);
      exchange.getResponseBody().write(reply);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
