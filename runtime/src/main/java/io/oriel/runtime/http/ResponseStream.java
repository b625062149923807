package io.oriel.runtime.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletionException;

/// The body of a streamed answer: collects small writes, and waits for the client before it takes
/// more.
final class ResponseStream extends OutputStream {
  private static final int SIZE = 64 << 10;

  private final HttpResponseWriter response;
  private final byte[] buffer = new byte[SIZE];
  private int length;

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
    if (!response.tryWrite(HttpData.wrap(piece))) {
      throw new IOException("the client went away");
    }
    try {
      response.whenConsumed().join();
    } catch (CompletionException e) {
      throw new IOException("the client went away", e);
    }
  }

  @Override
  public void close() throws IOException {
    flush();
    response.close();
  }
}
