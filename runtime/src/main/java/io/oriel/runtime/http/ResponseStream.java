package io.oriel.runtime.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The body of a streamed answer: collects small writes, and waits for the client before it takes
/// more. One piece may be on its way while the next is written.
final class ResponseStream extends OutputStream {
  private static final int SIZE = 64 << 10;

  private final HttpResponseWriter response;
  private final byte[] buffer = new byte[SIZE];
  private int length;
  private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);

  ResponseStream(HttpResponseWriter response) {
    this.response = response;
  }

  @Override
  public void write(int b) throws IOException {
    if (length == SIZE) {
      flush();
    }
    buffer[length++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    if (count > SIZE - length) {
      flush();
    }
    if (count >= SIZE) {
      send(Arrays.copyOfRange(bytes, offset, offset + count));
    } else {
      System.arraycopy(bytes, offset, buffer, length, count);
      length += count;
    }
  }

  @Override
  public void flush() throws IOException {
    if (length > 0) {
      byte[] piece = Arrays.copyOf(buffer, length);
      length = 0;
      send(piece);
    }
  }

  private void send(byte[] piece) throws IOException {
    try {
      taken.join();
    } catch (CompletionException e) {
      throw new IOException("the client went away", e);
    }
    if (!response.tryWrite(HttpData.wrap(piece))) {
      throw new IOException("the client went away");
    }
    taken = response.whenConsumed();
  }

  @Override
  public void close() throws IOException {
    flush();
    response.close();
  }
}
