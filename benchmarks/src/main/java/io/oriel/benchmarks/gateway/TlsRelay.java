package io.oriel.benchmarks.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// Takes TLS off connections and passes their bytes on, both ways, without looking at them: the
/// cheapest way to an engine that speaks no TLS itself. It copies bytes once more than an engine
/// that does would.
final class TlsRelay implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final SSLServerSocket listening;
  private final int port;

  /// @param port of the engine, on loopback
  TlsRelay(SSLContext context, int port) throws IOException {
    this.port = port;
    this.listening =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
    listening.setNeedClientAuth(true);
    Thread.ofPlatform().daemon(true).name("relay").start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket client = (SSLSocket) listening.accept();
        Socket engine = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setTcpNoDelay(true);
        engine.setTcpNoDelay(true);
        pump(client, engine);
        pump(engine, client);
      }
    } catch (IOException e) {
      if (!listening.isClosed()) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void pump(Socket from, Socket to) {
    Thread.ofPlatform()
        .daemon(true)
        .name("relay")
        .start(
            () -> {
              try (from;
                  to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] buffer = new byte[BUFFER];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                  out.write(buffer, 0, n);
                }
              } catch (IOException _) {
                // the connection ends, and with it the other half
              }
            });
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
