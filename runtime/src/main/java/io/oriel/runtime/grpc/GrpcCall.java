package io.oriel.runtime.grpc;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A call that is being answered. For the handler's thread only.
public interface GrpcCall {
  /// The request's bytes; of a bidirectional stream there are none here, see {@link #next()}.
  ByteBuffer request();

  /// The next message of a bidirectional stream, or null after the last. Only now is it asked for,
  /// so that at most one lies in memory and the caller waits while this handler is busy; the first
  /// one is there already.
  ///
  /// @throws io.oriel.model.error.OrielException of kind CANCELLED when the caller gave up
  /// @throws IllegalStateException for a call of another shape
  @Nullable ByteBuffer next() throws InterruptedException;

  /// The value of a header, if it was sent.
  Optional<String> header(String name);

  /// The certificate that the caller showed; empty without mutual TLS.
  Optional<X509Certificate> clientCertificate();

  /// Sends a message, waiting while the caller has not taken those before.
  ///
  /// @param message is not to be changed afterwards
  /// @throws io.oriel.model.error.OrielException of kind CANCELLED when the caller gave up
  void send(ByteBuffer message);
}
