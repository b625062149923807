package io.oriel.app.role.gateway;

import io.oriel.app.process.SelfTracing;
import io.oriel.gateway.audit.AuditLog;
import io.oriel.gateway.route.Gateway;
import io.oriel.gateway.route.GatewayConfig;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.runtime.trace.Tracer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// The front door for logs and spans: one listener for shippers, one for OTLP over gRPC, and a
/// plain one for those who look after it. Thread-safe.
///
/// Stopping: both doors close and let running requests end, then the client of the engine, then the
/// audit log.
public final class GatewayRole implements AutoCloseable {
  private static final long REFRESH_SECONDS = 1;

  /// How a gateway is run.
  ///
  /// @param door where shippers come in; has to want client certificates
  /// @param grpc where OTLP over gRPC comes in, with client certificates too; none for no such door
  /// @param operations where metrics and health are, in plain HTTP
  /// @param auditFile none for the process' own log
  /// @param auditBytes after which a new audit file is begun
  public record Options(
      HttpServerConfig door,
      Optional<GrpcServerConfig> grpc,
      HttpServerConfig operations,
      GatewayConfig config,
      Optional<Path> auditFile,
      long auditBytes) {
    /// A new audit file every so many bytes.
    public static final long STANDARD_AUDIT_BYTES = 100L << 20;
  }

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpServer door;
  private final Optional<GrpcServer> grpc;
  private final HttpServer operations;

  private GatewayRole(Options options, SelfTracing tracing, String version) throws IOException {
    Telemetry telemetry = new Telemetry("oriel_gateway_build_info", version);
    try {
      Tracer tracer = tracing.start("oriel-gateway", telemetry.registry(), closer);
      AuditLog audit =
          closer.push(
              options.auditFile().isPresent()
                  ? AuditLog.open(
                      options.auditFile().get(), options.auditBytes(), InstantSource.system())
                  : AuditLog.toProcessLog(InstantSource.system()));
      Gateway gateway =
          closer.push(
              Gateway.create(
                  options.config(),
                  new Gateway.Surroundings(
                      audit,
                      telemetry.registry(),
                      InstantSource.system(),
                      System::nanoTime,
                      // Backoff draws under one lock
                      new SplittableRandom(ThreadLocalRandom.current().nextLong()))));
      operations =
          closer.push(
              HttpServer.start(
                  options.operations(),
                  operations(telemetry, gateway),
                  new HttpServerMetrics("oriel_gateway_operations", telemetry.registry())));
      grpc =
          options.grpc().isPresent()
              ? Optional.of(
                  closer.push(
                      GrpcServer.start(
                          options.grpc().get(),
                          List.of(gateway.grpc().traced(tracer)),
                          InstantSource.system(),
                          GrpcMetrics.ofServer(telemetry.registry()))))
              : Optional.empty();
      door =
          closer.push(
              HttpServer.start(
                  options.door(),
                  gateway.routes().traced(tracer),
                  new HttpServerMetrics("oriel_gateway", telemetry.registry())));
      Thread watch = Thread.ofVirtual().name("oriel/gateway/certificates").start(this::watchFiles);
      closer.push(
          () -> {
            closing.countDown();
            watch.join();
          });
    } catch (IOException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private static Routes operations(Telemetry telemetry, Gateway gateway) {
    return new Routes()
        .get("/metrics", telemetry::expose)
        .get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"))
        .get(
            "/-/ready",
            _ -> {
              try {
                return HttpAnswer.text(200, gateway.engineHealth() + "\n");
              } catch (OrielException e) {
                return HttpAnswer.text(503, e.reason() + "\n");
              }
            });
  }

  private void watchFiles() {
    try {
      while (!closing.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
        door.refreshTls();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Starts the role; when this returns, its doors are open. The engine need not be up yet.
  ///
  /// @throws OrielException when an address is taken or certificates cannot be used
  public static GatewayRole start(Options options, String version) throws IOException {
    return start(options, SelfTracing.off(), version);
  }

  /// The same, with its calls in traces: those that a sender begins, too.
  public static GatewayRole start(Options options, SelfTracing tracing, String version)
      throws IOException {
    return new GatewayRole(options, tracing, version);
  }

  /// Where shippers come in.
  public int port() {
    return door.port();
  }

  /// Where OTLP over gRPC comes in; 0 for nowhere.
  public int grpcPort() {
    return grpc.map(GrpcServer::port).orElse(0);
  }

  /// Where metrics and health are.
  public int operationsPort() {
    return operations.port();
  }

  /// Waits until the role is closed.
  public void awaitClose() throws InterruptedException {
    closing.await();
  }

  @Override
  public void close() {
    closer.close();
  }
}
