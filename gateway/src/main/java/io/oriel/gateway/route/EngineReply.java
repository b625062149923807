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
/// client as it is. Immutable.
final class EngineReply {
  static final int MAX_BYTES = 256 << 20;

  /** To a bulk of which nothing went on. */
  static final EngineReply NONE = new EngineReply(200, "", new byte[0], Compression.NONE);

  private final int status;
  private final String statusLine;
  private final byte[] bytes;
  private final Compression packing;

  private EngineReply(int status, String statusLine, byte[] bytes, Compression packing) {
    this.status = status;
    this.statusLine = statusLine;
    this.bytes = bytes;
    this.packing = packing;
  }

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

  /// As of HTTP.
  int status() {
    return status;
  }

  /// The status with its words.
  String statusLine() {
    return statusLine;
  }

  /// Packed as {@link #packing} says. Do not change them.
  byte[] bytes() {
    return bytes;
  }

  Compression packing() {
    return packing;
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
