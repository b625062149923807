package io.oriel.metrics.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.http.Routes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class NotificationsTest {
  /// A client that follows the stream.
  private static final class Follower implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Follower(int port) throws IOException {
      socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/notifications/live HTTP/1.1\r\nhost: x\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /// The next line that contains {@code text}.
    String await(String text) throws IOException {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.contains(text)) {
          return line;
        }
      }
      throw new IOException("the stream ended before " + text);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Notifications notifications =
      new Notifications(InstantSource.fixed(Instant.ofEpochSecond(60)), 1, registry);

  private ApiServer server() throws IOException {
    Routes routes = new Routes();
    notifications.addTo(routes);
    return new ApiServer(routes);
  }

  private static String json(String text, boolean active) {
    return "{\"text\":\""
        + text
        + "\",\"date\":\"1970-01-01T00:01:00Z\",\"active\":"
        + active
        + "}";
  }

  @Test
  void changesAreStreamedToThoseWhoFollow() throws Exception {
    notifications.show("one");
    try (ApiServer server = server();
        Follower follower = new Follower(server.port())) {
      assertEquals("content-type: text/event-stream", follower.await("content-type"));
      assertEquals("data: " + json("one", true), follower.await("data:"));
      notifications.show("two");
      assertEquals("data: " + json("two", true), follower.await("data:"));
      notifications.hide("one");
      notifications.hide("never shown");
      assertEquals("data: " + json("one", false), follower.await("data:"));
      assertEquals(
          "{\"status\":\"success\",\"data\":[" + json("two", true) + "]}",
          server.get("notifications"));

      assertEquals(204, server.ask("notifications/live").status(), "there is room for one");
      notifications.close();
      assertEquals("0", follower.await("0"), "the last chunk of the body");
      assertTrue(registry.scrape().stream().count() >= 3);
    }
  }
}
