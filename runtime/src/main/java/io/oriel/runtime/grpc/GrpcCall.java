package io.oriel.runtime.grpc;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// A call that is being answered. For the handler's thread only.
public interface GrpcCall {
  /// The request's bytes.
  ByteBuffer request();

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
