package io.oriel.runtime.grpc;

import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.xerial.snappy.SnappyFramedInputStream;
import org.xerial.snappy.SnappyFramedOutputStream;

/// Bytes as messages, and their compression.
final class Codecs {
  static final Codec SNAPPY = new Snappy();

  private Codecs() {}

  /// A call with one request, which may have any number of answers.
  static MethodDescriptor<ByteBuffer, ByteBuffer> method(String service, String method) {
    return method(service, method, MethodDescriptor.MethodType.SERVER_STREAMING);
  }

  static MethodDescriptor<ByteBuffer, ByteBuffer> method(
      String service, GrpcService.Method method) {
    MethodDescriptor.MethodType type =
        switch (method.shape()) {
          case UNARY, SERVER_STREAM -> MethodDescriptor.MethodType.SERVER_STREAMING;
          case BIDI_STREAM -> MethodDescriptor.MethodType.BIDI_STREAMING;
        };
    return method(service, method.name(), type);
  }

  private static MethodDescriptor<ByteBuffer, ByteBuffer> method(
      String service, String method, MethodDescriptor.MethodType type) {
    return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
        .build();
  }

  static CompressorRegistry compressors() {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(SNAPPY);
    registry.register(new Codec.Gzip());
    return registry;
  }

  static DecompressorRegistry decompressors() {
    return DecompressorRegistry.emptyInstance()
        .with(Codec.Identity.NONE, false)
        .with(new Codec.Gzip(), true)
        .with(SNAPPY, true);
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<ByteBuffer> {
    @Override
    public InputStream stream(ByteBuffer value) {
      return new ByteArrayInputStream(
          value.array(), value.arrayOffset() + value.position(), value.remaining());
    }

    @Override
    public ByteBuffer parse(InputStream stream) {
      try {
        return ByteBuffer.wrap(stream.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Snappy's framing format.
  private static final class Snappy implements Codec {
    @Override
    public String getMessageEncoding() {
      return "snappy";
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
      return new SnappyFramedInputStream(in);
    }

    @Override
    public OutputStream compress(OutputStream out) throws IOException {
      return new SnappyFramedOutputStream(out);
    }
  }
}
