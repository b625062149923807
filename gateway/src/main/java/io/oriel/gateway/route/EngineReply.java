package io.oriel.gateway.route;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// What the engine answered to a bulk, still compressed if it came so: mostly it goes on to the
/// client as it is.
///
/// @param status as of HTTP
/// @param statusLine with its words
/// @param bytes do not change them
record EngineReply(int status, String statusLine, byte[] bytes, Compression packing) {
  static final int MAX_BYTES = 256 << 20;

  /** To a bulk of which nothing went on. */
  static final EngineReply NONE = new EngineReply(200, "", new byte[0], Compression.NONE);

  /// @throws OrielException of kind UNAVAILABLE when it is packed in a way that nobody knows
  static EngineReply of(HttpResult result) {
    try {
      Compression packing = Compression.ofWord(result.header("content-encoding"));
      return new EngineReply(result.status(), result.statusLine(), result.body(), packing);
    } catch (OrielException e) {
      throw unreadable(e);
    }
  }

  /// Not the client's fault, whose bulk may well be stored.
  private static OrielException unreadable(Exception e) {
    return new OrielException(
        Kind.UNAVAILABLE, "the engine's reply cannot be read: " + e.getMessage(), e);
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /// All of it, decompressed.
  ///
  /// @throws OrielException of kind UNAVAILABLE when it is not what it says, or far too much
  byte[] whole() {
    try {
      return packing.decompress(bytes, MAX_BYTES);
    } catch (OrielException e) {
      throw unreadable(e);
    }
  }

  /// Its first letters.
  ///
  /// @throws OrielException of kind UNAVAILABLE when it is not what it says
  String head(int length) {
    try (InputStream in = packing.decompressing(new ByteArrayInputStream(bytes), MAX_BYTES)) {
      return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    } catch (IOException | OrielException e) {
      throw unreadable(e);
    }
  }
}
