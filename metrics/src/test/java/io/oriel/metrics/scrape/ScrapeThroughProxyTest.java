package io.oriel.metrics.scrape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.metrics.discovery.Discoveries;
import io.oriel.metrics.discovery.DiscoveryMetrics;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpClient;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Targets that only a proxy reaches: their names cannot be resolved here.
class ScrapeThroughProxyTest {
  private static final byte[] METRICS = "a 1\n".getBytes(StandardCharsets.US_ASCII);

  /// Leads every tunnel to one address.
  private static final class Proxy implements AutoCloseable {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private final int tunnelTo;

    Proxy(int tunnelTo) throws IOException {
      this.tunnelTo = tunnelTo;
      this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          Socket client = server.accept();
          Thread.ofVirtual().start(() -> serve(client));
        }
      } catch (IOException _) {
        // closed
      }
    }

    private void serve(Socket client) {
      try (client) {
        StringBuilder head = new StringBuilder();
        InputStream in = client.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
          head.append((char) in.read());
        }
        requests.add(head.substring(0, head.indexOf("\r")));
        OutputStream out = client.getOutputStream();
        out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        try (Socket target = new Socket(InetAddress.getLoopbackAddress(), tunnelTo)) {
          Thread back = Thread.ofVirtual().start(() -> pump(target, client));
          pump(client, target);
          back.join();
        }
      } catch (IOException _) {
        // the client went away
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private static void pump(Socket from, Socket to) {
      try {
        from.getInputStream().transferTo(to.getOutputStream());
        to.shutdownOutput();
      } catch (IOException _) {
        // one of them went away
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  private static List<String> scrape(String keys, String address, Proxy proxy)
      throws IOException, InterruptedException {
    String yaml =
        """
        scrape_configs:
          - job_name: j
            proxy_url: http://127.0.0.1:%d
            %s
        """
            .formatted(proxy.server.getLocalPort(), keys);
    ScrapeConfig config =
        PrometheusConfig.parse(Path.of("p.yml"), yaml, _ -> "").scrapeConfigs().getFirst();
    TargetFactory factory = new TargetFactory(config);
    Labels labels = Labels.of("__address__", address);
    TargetGroup group = new TargetGroup("s", List.of(labels), Labels.empty());
    Target target = factory.target(factory.discovered(group, labels)).orElseThrow();
    MemoryStorage storage = new MemoryStorage();
    ScrapeEnvironment environment =
        new ScrapeEnvironment(
            storage,
            new ScrapeMetrics(new PrometheusRegistry()),
            new Discoveries.Environment(
                new DiscoveryMetrics(new PrometheusRegistry()),
                Thread::sleep,
                System::nanoTime,
                "test"),
            IntakeOptions.standard(),
            InstantSource.system(),
            System::nanoTime,
            Thread::sleep,
            "test");
    try (HttpClient client = HttpClient.create(config.client(), "test");
        Endings endings = new Endings()) {
      ScrapeLoop loop = new ScrapeLoop(target, config, environment, client, endings);
      loop.scrape(1000);
      assertEquals("", loop.status().lastError());
    }
    return storage.drain();
  }

  private static void storedA(List<String> lines, String instance) {
    String want = "{__name__=\"a\", instance=\"" + instance + "\", job=\"j\"} 1.0 @1000";
    assertTrue(lines.contains(want), () -> String.join("\n", lines));
  }

  @Test
  void plainTargetsAreReachedByATunnel() throws Exception {
    HttpServer target =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (Proxy proxy = new Proxy(serving(target))) {
      storedA(scrape("params: {x: [y]}", "far.example:81", proxy), "far.example:81");
      assertEquals(List.of("CONNECT far.example:81 HTTP/1.1"), List.copyOf(proxy.requests));
    } finally {
      target.stop(0);
    }
  }

  @Test
  void secureTargetsAreReachedByATunnel(@TempDir Path directory) throws Exception {
    HttpsServer target =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    target.setHttpsConfigurator(new HttpsConfigurator(certificate(directory)));
    try (Proxy proxy = new Proxy(serving(target))) {
      String keys = "scheme: https\n    tls_config: {insecure_skip_verify: true}";
      storedA(scrape(keys, "far.example:8443", proxy), "far.example:8443");
      assertEquals(List.of("CONNECT far.example:8443 HTTP/1.1"), List.copyOf(proxy.requests));
    } finally {
      target.stop(0);
    }
  }

  /// Starts {@code target}; returns its port.
  private static int serving(HttpServer target) {
    target.createContext(
        "/metrics",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.sendResponseHeaders(200, METRICS.length);
          exchange.getResponseBody().write(METRICS);
          exchange.close();
        });
    target.start();
    return target.getAddress().getPort();
  }

  private static SSLContext certificate(Path directory) throws Exception {
    Path file = directory.resolve("keys.p12");
    String command =
        "-genkeypair -alias own -keyalg EC -dname CN=far.example -validity 2 -storetype PKCS12"
            + " -storepass changeit -keystore "
            + file;
    List<String> words = new java.util.ArrayList<>(List.of(command.split(" ", -1)));
    words.addFirst(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    Process keytool = new ProcessBuilder(words).inheritIO().start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
