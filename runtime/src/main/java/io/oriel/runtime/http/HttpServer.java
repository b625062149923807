package io.oriel.runtime.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.GracefulShutdown;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RejectedRouteHandler;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves {@link Routes} over HTTP/1.1 and HTTP/2, with TLS and authentication as its {@link
/// WebConfig} says.
///
/// Closing stops accepting, waits shortly for running requests, then ends them.
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final Duration QUIET = Duration.ofMillis(50);
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** How much of a body comes at once over HTTP/1.1: a TLS record, and an HTTP/2 frame. */
  private static final int BODY_PART = 16 << 10;

  private final Server server;
  private final ExecutorService handlers;
  private final @Nullable TlsMaterial tls;

  private HttpServer(Server server, ExecutorService handlers, @Nullable TlsMaterial tls) {
    this.server = server;
    this.handlers = handlers;
    this.tls = tls;
  }

  /// Starts serving; when it returns, the port is open.
  ///
  /// @throws OrielException of kind UNAVAILABLE when the address cannot be bound
  /// @throws IOException when the TLS files cannot be read
  public static HttpServer start(HttpServerConfig config, Routes routes, HttpServerMetrics metrics)
      throws IOException {
    ServerBuilder builder = Server.builder();
    boolean secure = config.web().tls().isPresent();
    bind(builder, config.listenAddress(), secure);
    TlsMaterial material = null;
    PeerCheck check = null;
    if (secure) {
      WebConfig.Tls wanted = config.web().tls().get();
      material = TlsMaterial.load(wanted.material());
      check =
          wanted.clientAuth() == WebConfig.ClientAuth.NONE
              ? null
              : check(wanted, material, metrics);
      ListenerTls.secure(builder, material, auth(wanted), check);
    }
    ExecutorService handlers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("oriel/http/", 0).factory());
    Gate gate = new Gate(config, check);
    Set<String> known = new HashSet<>();
    for (Routes.Route route : routes.all()) {
      builder
          .route()
          .methods(methods(route.methods(), known.add(route.path())))
          .path(config.routePrefix() + armeriaPath(route.path()))
          .build(new HandlerService(route, config.routePrefix(), gate, metrics, handlers));
    }
    HttpService otherwise =
        routes
            .fallback()
            .<HttpService>map(
                route -> new HandlerService(route, config.routePrefix(), gate, metrics, handlers))
            .orElse(
                (_, _) ->
                    HttpResponse.of(
                        HttpStatus.NOT_FOUND, MediaType.PLAIN_TEXT_UTF_8, "404 page not found\n"));
    builder.serviceUnder("/", otherwise);
    builder
        // a route of "/*" and the one for the rest have the same paths, which is meant
        .rejectedRouteHandler(RejectedRouteHandler.DISABLED)
        .decorator(AnswerEncoding.decorator())
        .maxRequestLength(config.maxBodyBytes())
        .requestTimeout(Duration.ZERO)
        .idleTimeout(config.readTimeout())
        .maxNumConnections(config.maxConnections())
        .http1MaxChunkSize(BODY_PART)
        .http1MaxHeaderSize(64 << 10)
        .http1MaxInitialLineLength(1 << 20)
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
    return new HttpServer(server, handlers, material);
  }

  /// The port it listens on.
  public int port() {
    return server.activeLocalPort();
  }

  /// Looks whether the TLS files changed and uses what they hold now.
  public void refreshTls() {
    if (tls == null) {
      return;
    }
    try {
      if (tls.refresh()) {
        LOG.atInfo().log("server certificate reloaded");
      }
    } catch (IOException | OrielException e) {
      LOG.atWarn().setCause(e).log("cannot reload server certificate, keeping the previous one");
    }
  }

  private static void bind(ServerBuilder builder, String listenAddress, boolean secure) {
    int colon = listenAddress.lastIndexOf(':');
    int port;
    try {
      port = Integer.parseInt(listenAddress.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new OrielException(
          Kind.INVALID, "listen address \"" + listenAddress + "\": want host:port", e);
    }
    String host = colon <= 0 ? "" : listenAddress.substring(0, colon).replaceAll("[\\[\\]]", "");
    InetSocketAddress address =
        host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    if (secure) {
      builder.https(address);
    } else {
      builder.http(address);
    }
  }

  private static ClientAuth auth(WebConfig.Tls wanted) {
    return switch (wanted.clientAuth()) {
      case NONE -> ClientAuth.NONE;
      case OPTIONAL -> ClientAuth.OPTIONAL;
      case REQUIRED -> ClientAuth.REQUIRE;
    };
  }

  private static PeerCheck check(
      WebConfig.Tls wanted, TlsMaterial material, HttpServerMetrics metrics) {
    return new PeerCheck(
        material.trustManager(),
        wanted
            .revocations()
            .map(
                file ->
                    new Revocations(
                        file, () -> List.of(material.trustManager().getAcceptedIssuers()))),
        InstantSource.system(),
        metrics.refusals());
  }

  /// @param first whether no route before has the same path: that one answers OPTIONS
  private static Set<HttpMethod> methods(Set<String> names, boolean first) {
    Set<HttpMethod> methods = new HashSet<>();
    for (String name : names) {
      methods.add(HttpMethod.valueOf(name));
    }
    if (methods.contains(HttpMethod.GET)) {
      methods.add(HttpMethod.HEAD);
    }
    if (first) {
      methods.add(HttpMethod.OPTIONS);
    }
    return methods;
  }

  private static String armeriaPath(String path) {
    return path.endsWith("/*") ? path.substring(0, path.length() - 1) + "{*rest}" : path;
  }

  /// Stops listening, lets running calls end, closes all connections.
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

  /// Whether all sockets are closed. The server's own end comes two seconds later, which Netty's
  /// accepting thread spends waiting for more to do.
  private boolean isSilent() {
    return server.activePorts().isEmpty() && server.numConnections() == 0;
  }
}
