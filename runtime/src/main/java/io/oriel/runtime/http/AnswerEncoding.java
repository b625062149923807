package io.oriel.runtime.http;

import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.encoding.StreamEncoderFactories;
import com.linecorp.armeria.common.encoding.StreamEncoderFactory;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.encoding.EncodingService;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Compresses answers for clients that take it: text, JSON and XML of any charset, from 1 KiB on.
/// What is compressed already goes out as it is; each piece of a stream goes out when it is
/// written.
final class AnswerEncoding {
  private static final int LEAST_BYTES = 1024;
  private static final int BUFFER = 8 << 10;

  private AnswerEncoding() {}

  static Function<? super HttpService, EncodingService> decorator() {
    return EncodingService.builder()
        .encoderFactories(new QuickGzip(), StreamEncoderFactories.DEFLATE)
        .encodableContentTypes(AnswerEncoding::isWorthIt)
        .minBytesToForceChunkedEncoding(LEAST_BYTES)
        .newDecorator();
  }

  private static boolean isWorthIt(MediaType type) {
    String subtype = type.subtype().toLowerCase(Locale.ROOT);
    return type.belongsTo(MediaType.ANY_TEXT_TYPE)
        || subtype.endsWith("json")
        || subtype.endsWith("xml")
        || subtype.endsWith("javascript");
  }

  /// Gzip at its quickest: most clients are near, and time is scarcer here than bytes there.
  private static final class QuickGzip implements StreamEncoderFactory {
    @Override
    public String encodingHeaderValue() {
      return "gzip";
    }

    @Override
    public OutputStream newEncoder(ByteBufOutputStream to) {
      try {
        return new QuickStream(to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class QuickStream extends GZIPOutputStream {
    QuickStream(OutputStream to) throws IOException {
      super(to, BUFFER, true);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
