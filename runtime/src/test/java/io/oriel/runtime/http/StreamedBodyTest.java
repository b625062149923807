package io.oriel.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Bodies that a handler reads while they are still coming, against a client that is a socket.
class StreamedBodyTest {
  private static HttpServer serve(long maxBodyBytes, HttpHandler handler) throws Exception {
    HttpServerConfig open = HttpServerConfig.on("127.0.0.1:0");
    return HttpServer.start(
        new HttpServerConfig(
            open.listenAddress(),
            "",
            open.readTimeout(),
            open.maxConnections(),
            maxBodyBytes,
            open.corsOrigin(),
            open.web()),
        new Routes().streamed(Set.of("POST"), "/in", handler),
        new HttpServerMetrics("test", new PrometheusRegistry()));
  }

  private static void head(OutputStream out, String framing) throws Exception {
    out.write(
        ("POST /in HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static String statusLine(Socket socket) throws Exception {
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  @Test
  void areReadBeforeTheyAreWhole() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    HttpHandler handler =
        call -> {
          int head = call.bodyStream().read();
          first.countDown();
          return HttpAnswer.text(200, (char) head + " " + call.bodyStream().readAllBytes().length);
        };
    try (HttpServer server = serve(1 << 20, handler);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      head(out, "Content-Length: 4");
      out.write('a');
      out.flush();
      first.await();
      out.write(new byte[] {'b', 'c', 'd'});
      out.flush();

      assertEquals("HTTP/1.1 200 OK", statusLine(socket));
    }
  }

  @Test
  void areCutAtTheServersLimit() throws Exception {
    HttpHandler handler =
        call -> HttpAnswer.text(200, "" + call.bodyStream().readAllBytes().length);
    try (HttpServer server = serve(1_000, handler);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      head(out, "Transfer-Encoding: chunked");
      for (int i = 0; i < 3; i++) {
        out.write(("200\r\n" + "x".repeat(0x200) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      }
      out.flush();

      assertTrue(statusLine(socket).contains("413"));
    }
  }

  @Test
  void whoseClientIsGoneEndTheirHandler() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    HttpHandler handler =
        call -> {
          try {
            return HttpAnswer.text(200, "" + call.bodyStream().readAllBytes().length);
          } catch (java.io.IOException e) {
            broken.countDown();
            throw e;
          }
        };
    try (HttpServer server = serve(1 << 20, handler)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        head(socket.getOutputStream(), "Content-Length: 1000");
        socket.getOutputStream().write(new byte[10]);
      }

      broken.await();
    }
  }
}
