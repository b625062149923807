package io.oriel.app.role.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.resources.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// OpenTelemetry's own Java SDK sends log records over mutual TLS through the gateway to the
/// engine; log search finds them by their trace.
class OtlpLogsRoleTest {
  private static final String SPAN = "00f067aa0ba902b7";

  @TempDir private Path directory;
  private LogFront front;

  @BeforeEach
  void start() throws Exception {
    front = new LogFront(directory);
  }

  @AfterEach
  void stop() {
    front.close();
  }

  /// Notes what became of exports: the processor before it does not tell.
  private static final class Noting implements LogRecordExporter {
    private final LogRecordExporter to;
    final List<CompletableResultCode> results = Collections.synchronizedList(new ArrayList<>());

    Noting(LogRecordExporter to) {
      this.to = to;
    }

    @Override
    public CompletableResultCode export(Collection<LogRecordData> logs) {
      CompletableResultCode result = to.export(logs);
      results.add(result);
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return to.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return to.shutdown();
    }
  }

  private static void send(Noting exporter, String trace, String text) {
    try (SdkLoggerProvider logging =
        SdkLoggerProvider.builder()
            .setResource(
                Resource.builder()
                    .put("service.name", "shop")
                    .put("cluster", "prod-01")
                    .put("k8s.pod.name", "shop-0")
                    .build())
            .addLogRecordProcessor(SimpleLogRecordProcessor.create(exporter))
            .build()) {
      SpanContext span =
          SpanContext.create(trace, SPAN, TraceFlags.getSampled(), TraceState.getDefault());
      logging
          .get("io.example.Orders")
          .logRecordBuilder()
          .setTimestamp(Instant.now())
          .setSeverity(Severity.ERROR)
          .setSeverityText("ERROR")
          .setContext(Span.wrap(span).storeInContext(Context.root()))
          .setAttribute(AttributeKey.longKey("order.items"), 3L)
          .setBody(text)
          .emit();
      logging.forceFlush().join(30, TimeUnit.SECONDS);
    }
  }

  private void assertFound(Noting exporter, String trace, String text) throws Exception {
    assertFalse(exporter.results.isEmpty());
    for (CompletableResultCode result : exporter.results) {
      assertTrue(
          result.join(30, TimeUnit.SECONDS).isSuccess(),
          () -> String.valueOf(result.getFailureThrowable()));
    }
    front.refresh();
    String all = front.ask("/trace/" + trace).toString();
    assertTrue(all.contains(text), all);
    assertTrue(all.contains("\"" + SPAN + "\""), all);
    assertTrue(all.contains("logs-dev-01-otlp"), all);
    assertTrue(all.contains("\"dev-01\""), all);
    assertTrue(all.contains("ERROR"), all);
    assertEquals(1, all.split(text, -1).length - 1, all);
  }

  @Test
  void theSdkOverGrpcIsFoundByItsTrace() throws Exception {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    Noting exporter =
        new Noting(
            OtlpGrpcLogRecordExporter.builder()
                .setEndpoint("https://localhost:" + front.grpcPort())
                .setTrustedCertificates(Files.readAllBytes(front.root()))
                .setClientTls(
                    Files.readAllBytes(front.key()), Files.readAllBytes(front.certificate()))
                .setCompression("gzip")
                .build());

    send(exporter, trace, "payment failed over grpc");

    assertFound(exporter, trace, "payment failed over grpc");
  }

  @Test
  void theSdkOverHttpIsFoundByItsTrace() throws Exception {
    String trace = "5bf92f3577b34da6a3ce929d0e0e4737";
    Noting exporter =
        new Noting(
            OtlpHttpLogRecordExporter.builder()
                .setEndpoint(front.url() + "/v1/logs")
                .setTrustedCertificates(Files.readAllBytes(front.root()))
                .setClientTls(
                    Files.readAllBytes(front.key()), Files.readAllBytes(front.certificate()))
                .setCompression("gzip")
                .build());

    send(exporter, trace, "payment failed over http");

    assertFound(exporter, trace, "payment failed over http");
  }

  @Test
  void theSdkWithoutACertificateIsRefused() throws Exception {
    Noting exporter =
        new Noting(
            OtlpGrpcLogRecordExporter.builder()
                .setEndpoint("https://localhost:" + front.grpcPort())
                .setTrustedCertificates(Files.readAllBytes(front.root()))
                .setRetryPolicy(null)
                .build());

    send(exporter, "6bf92f3577b34da6a3ce929d0e0e4738", "not from here");

    assertFalse(exporter.results.getFirst().join(30, TimeUnit.SECONDS).isSuccess());
  }
}
