package io.oriel.runtime.tls;

import com.linecorp.armeria.common.util.TlsEngineType;
import com.linecorp.armeria.server.ServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import org.jspecify.annotations.Nullable;

/// TLS on a server's listening sockets; used within runtime only, since it names the transport.
public final class ListenerTls {
  private ListenerTls() {}

  /// Makes what {@code builder} builds speak TLS, by BoringSSL where its library can be loaded,
  /// else by the JDK (docs/adr/0049).
  ///
  /// @param auth whether clients have to show a certificate
  /// @param check decides about those they show; null for any that the material's roots signed
  public static void secure(
      ServerBuilder builder, TlsMaterial material, ClientAuth auth, @Nullable PeerCheck check) {
    builder.tlsEngineType(OpenSsl.isAvailable() ? TlsEngineType.OPENSSL : TlsEngineType.JDK);
    builder.tls(material.keyManagerFactory());
    builder.tlsCustomizer(
        context -> {
          context.protocols(material.protocols());
          if (auth != ClientAuth.NONE) {
            context.trustManager(check == null ? material.trustManager() : check).clientAuth(auth);
          }
        });
    if (check != null && auth == ClientAuth.REQUIRE) {
      builder.childChannelPipelineCustomizer(
          pipeline -> pipeline.addLast(new MissingCertificate(check)));
    }
  }
}
