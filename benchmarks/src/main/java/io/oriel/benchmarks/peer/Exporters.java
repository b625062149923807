package io.oriel.benchmarks.peer;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Many targets behind one port: `/0/metrics`, `/1/metrics`, … Each has the same number of series,
/// counters that grow and gauges that wander.
final class Exporters implements AutoCloseable {
  private static final int SERIES_PER_FAMILY = 100;

  private final HttpServer server;
  private final byte[][] names;
  private final AtomicInteger turn = new AtomicInteger();

  Exporters(int series) throws IOException {
    names = new byte[series][];
    for (int i = 0; i < series; i++) {
      boolean counter = i / SERIES_PER_FAMILY % 2 == 0;
      String family = "app_" + i / SERIES_PER_FAMILY + (counter ? "_requests_total" : "_bytes");
      names[i] =
          (family
                  + "{handler=\"/api/v1/item\",method=\"GET\",shard=\"shard-"
                  + i % SERIES_PER_FAMILY
                  + "\"} ")
              .getBytes(StandardCharsets.UTF_8);
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = body(turn.incrementAndGet());
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private byte[] body(int step) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(names.length * 70);
    for (int i = 0; i < names.length; i++) {
      boolean counter = i / SERIES_PER_FAMILY % 2 == 0;
      if (i % SERIES_PER_FAMILY == 0) {
        out.writeBytes(
            ("# TYPE app_"
                    + i / SERIES_PER_FAMILY
                    + (counter ? "_requests_total counter\n" : "_bytes gauge\n"))
                .getBytes(StandardCharsets.UTF_8));
      }
      out.writeBytes(names[i]);
      long value = counter ? (long) step * (i % 17 + 1) : (step * 7919L + i * 31L) % 10_007;
      out.writeBytes(Long.toString(value).getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
