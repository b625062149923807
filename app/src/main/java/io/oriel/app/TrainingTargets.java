package io.oriel.app;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Pages to be scraped in the training run: counters and gauges, half of the pages as OpenMetrics.
final class TrainingTargets implements AutoCloseable {
  private static final int PAGES = 10;
  private static final int SERIES = 1000;

  private final HttpServer server;
  private final AtomicInteger turn = new AtomicInteger();

  TrainingTargets() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    for (int page = 0; page < PAGES; page++) {
      boolean open = page % 2 == 1;
      server.createContext(
          "/" + page,
          exchange -> {
            byte[] body = page(turn.incrementAndGet(), open).getBytes(StandardCharsets.UTF_8);
            String type = open ? "application/openmetrics-text" : "text/plain";
            String version = open ? "1.0.0" : "0.0.4";
            exchange
                .getResponseHeaders()
                .set("Content-Type", type + "; version=" + version + "; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
    }
    server.start();
  }

  /// A configuration that scrapes all pages several times a second.
  String config() {
    StringBuilder jobs =
        new StringBuilder("global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n")
            .append("scrape_configs:\n");
    for (int page = 0; page < PAGES; page++) {
      jobs.append("  - job_name: page-" + page + "\n    metrics_path: /" + page + "\n")
          .append("    static_configs: [{targets: ['127.0.0.1:")
          .append(server.getAddress().getPort())
          .append("']}]\n");
    }
    return jobs.toString();
  }

  private static String page(int step, boolean open) {
    StringBuilder text = new StringBuilder(SERIES * 64);
    for (int i = 0; i < SERIES; i++) {
      boolean counter = i / 100 % 2 == 0;
      String name = "train_" + i / 100;
      if (i % 100 == 0) {
        text.append("# HELP " + name + " Something.\n# TYPE " + name)
            .append(counter ? " counter\n" : " gauge\n");
      }
      text.append(name)
          .append(counter && open ? "_total" : "")
          .append("{handler=\"/api/v1/item\",method=\"GET\",shard=\"")
          .append(i % 100)
          .append("\"} ");
      if (counter) {
        text.append((long) step * (i % 17));
      } else {
        text.append((step * 7919 + i * 31) % 10_007 / 8.0);
      }
      text.append('\n');
    }
    return text.append(open ? "# EOF\n" : "").toString();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
