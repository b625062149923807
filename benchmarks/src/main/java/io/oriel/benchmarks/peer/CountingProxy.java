package io.oriel.benchmarks.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/// Passes TCP connections on and counts what comes back: what would cross between clusters.
final class CountingProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocket listening;
  private final InetSocketAddress target;
  private final AtomicLong answered = new AtomicLong();

  private CountingProxy(ServerSocket listening, InetSocketAddress target) {
    this.listening = listening;
    this.target = target;
  }

  /// Listens on loopback for connections to {@code port}.
  static CountingProxy start(int port) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    CountingProxy proxy =
        new CountingProxy(new ServerSocket(0, 50, loopback), new InetSocketAddress(loopback, port));
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /// Bytes answered so far.
  long answered() {
    return answered.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Socket server = new Socket(target.getAddress(), target.getPort());
        Thread.ofVirtual().start(() -> pass(client, server, new AtomicLong()));
        Thread.ofVirtual().start(() -> pass(server, client, answered));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private static void pass(Socket from, Socket to, AtomicLong counter) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        counter.addAndGet(read);
        out.write(buffer, 0, read);
      }
    } catch (IOException _) {
      // one side hung up
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
