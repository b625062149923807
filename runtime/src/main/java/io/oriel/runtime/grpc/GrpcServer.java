package io.oriel.runtime.grpc;

import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.GracefulShutdown;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import io.grpc.ServerServiceDefinition;
import io.netty.handler.ssl.ClientAuth;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.tls.ListenerTls;
import io.oriel.runtime.tls.PeerCheck;
import io.oriel.runtime.tls.Revocations;
import io.oriel.runtime.tls.TlsMaterial;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves gRPC, with the standard health service beside what it is given.
///
/// Certificates are read again when their files change, at most a second later; connections stay.
/// Closing stops accepting, lets running calls end for a while, then ends them.
public final class GrpcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);
  private static final Duration QUIET = Duration.ofMillis(50);
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final Duration REFRESH = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(5);

  private final Server server;
  private final ExecutorService handlers;
  private final @Nullable TlsMaterial tls;

  private GrpcServer(Server server, ExecutorService handlers, @Nullable TlsMaterial tls) {
    this.server = server;
    this.handlers = handlers;
    this.tls = tls;
  }

  /// Starts serving; when it returns, the port is open.
  ///
  /// @throws OrielException of kind UNAVAILABLE when the address cannot be bound, INVALID when the
  ///   certificates cannot be used
  /// @throws IOException when the TLS files cannot be read
  public static GrpcServer start(
      GrpcServerConfig config,
      List<io.oriel.runtime.grpc.GrpcService> services,
      InstantSource clock,
      GrpcMetrics metrics)
      throws IOException {
    ServerBuilder builder = Server.builder();
    TlsMaterial material = null;
    PeerCheck check = null;
    if (config.tls().isPresent()) {
      GrpcServerConfig.ServerTls wanted = config.tls().get();
      material = TlsMaterial.load(wanted.material());
      Optional<Revocations> revocations = revocations(wanted, material);
      check = new PeerCheck(material.trustManager(), revocations, clock, metrics::refused);
      ListenerTls.secure(
          builder,
          material,
          wanted.material().hasRoots() ? ClientAuth.REQUIRE : ClientAuth.NONE,
          check);
    }
    bind(builder, config.listenAddress(), material != null);
    ExecutorService handlers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("oriel/grpc/", 0).factory());
    builder
        .service(grpc(config, services, new CallStarter(handlers, check, metrics)))
        .serviceUnder(
            "/", (_, _) -> com.linecorp.armeria.common.HttpResponse.of(HttpStatus.NOT_FOUND))
        .maxRequestLength(0)
        .requestTimeout(Duration.ZERO)
        .idleTimeout(Duration.ZERO)
        .maxConnectionAge(config.maxConnectionAge())
        .gracefulShutdown(GracefulShutdown.builder().quietPeriod(QUIET).timeout(DRAIN).build());
    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      handlers.shutdownNow();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new OrielException(
          Kind.UNAVAILABLE,
          "cannot listen on " + config.listenAddress() + ": " + cause.getMessage(),
          e);
    }
    GrpcServer started = new GrpcServer(server, handlers, material);
    if (material != null) {
      handlers.execute(started::watchFiles);
    }
    return started;
  }

  private static Optional<Revocations> revocations(
      GrpcServerConfig.ServerTls wanted, TlsMaterial material) {
    return wanted
        .revocations()
        .map(
            file ->
                new Revocations(file, () -> List.of(material.trustManager().getAcceptedIssuers())));
  }

  private static GrpcService grpc(
      GrpcServerConfig config,
      List<io.oriel.runtime.grpc.GrpcService> services,
      CallStarter starter) {
    GrpcServiceBuilder builder =
        GrpcService.builder()
            .compressorRegistry(Codecs.compressors())
            .decompressorRegistry(Codecs.decompressors())
            .maxRequestMessageLength(config.maxMessageBytes())
            .useClientTimeoutHeader(true)
            .enableHealthCheckService(true);
    for (io.oriel.runtime.grpc.GrpcService service : services) {
      ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service.name());
      for (io.oriel.runtime.grpc.GrpcService.Method method : service.methods()) {
        definition.addMethod(
            Codecs.method(service.name(), method), starter.handler(service.name(), method));
      }
      builder.addService(definition.build());
    }
    return builder.build();
  }

  private static void bind(ServerBuilder builder, String listenAddress, boolean secure) {
    InetSocketAddress address = Addresses.listen(listenAddress);
    if (secure) {
      builder.https(address);
    } else {
      builder.http(address);
    }
  }

  /// The port it listens on.
  public int port() {
    return server.activeLocalPort();
  }

  private void watchFiles() {
    try {
      while (true) {
        Thread.sleep(REFRESH);
        refresh();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void refresh() {
    try {
      if (tls != null && tls.refresh()) {
        LOG.atInfo().log("server certificate reloaded");
      }
    } catch (IOException | OrielException e) {
      LOG.atWarn().setCause(e).log("cannot reload server certificate, keeping the previous one");
    }
  }

  @Override
  public void close() {
    CompletableFuture<Void> stopped = server.stop();
    try {
      while (!stopped.isDone() && !isSilent()) {
        Thread.sleep(POLL);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    handlers.shutdownNow();
  }

  private boolean isSilent() {
    return server.activePorts().isEmpty() && server.numConnections() == 0;
  }
}
