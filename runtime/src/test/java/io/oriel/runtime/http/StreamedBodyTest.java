package io.oriel.runtime.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Seed;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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

  @Test
  void comeByteForByteHoweverTheyAreCut() throws Exception {
    SplittableRandom random = Seed.random("streamed-body");
    byte[] sent = new byte[900_000];
    random.nextBytes(sent);
    AtomicReference<byte[]> got = new AtomicReference<>(new byte[0]);
    HttpHandler handler =
        call -> {
          ByteArrayOutputStream all = new ByteArrayOutputStream();
          byte[] buffer = new byte[5_000];
          for (int n = 0; n >= 0; n = call.bodyStream().read(buffer, 0, random.nextInt(1, 5_000))) {
            all.write(buffer, 0, n);
          }
          got.set(all.toByteArray());
          return HttpAnswer.empty(204);
        };
    try (HttpServer server = serve(1 << 20, handler);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      head(out, "Transfer-Encoding: chunked");
      int at = 0;
      while (at < sent.length) {
        int length = Math.min(sent.length - at, random.nextInt(1, 40_000));
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(sent, at, length);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        at += length;
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();

      assertTrue(statusLine(socket).contains("204"));
    }
    assertArrayEquals(sent, got.get());
  }

  @Test
  void areNotReadAheadWithoutBound() throws Exception {
    CountDownLatch mayRead = new CountDownLatch(1);
    HttpHandler handler =
        call -> {
          mayRead.await();
          return HttpAnswer.text(200, "" + call.bodyStream().readAllBytes().length);
        };
    int total = 64 << 20;
    AtomicLong written = new AtomicLong();
    try (HttpServer server = serve(total, handler);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      head(out, "Content-Length: " + total);
      Thread sender =
          Thread.ofPlatform()
              .start(
                  () -> {
                    byte[] step = new byte[64 << 10];
                    try {
                      while (written.get() < total) {
                        out.write(step);
                        written.addAndGet(step.length);
                      }
                    } catch (java.io.IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      long before = -1;
      while (written.get() == 0 || written.get() != before) {
        before = written.get();
        Thread.sleep(300); // until the sender is stuck
      }
      // what the sockets of both sides hold, and a little
      assertTrue(before < total / 2, "taken from a reader who does not read: " + before);
      mayRead.countDown();

      assertEquals("HTTP/1.1 200 OK", statusLine(socket));
      sender.join();
    }
  }
}
