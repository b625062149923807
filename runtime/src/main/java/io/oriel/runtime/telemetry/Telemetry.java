package io.oriel.runtime.telemetry;

import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// The metrics of one role. Thread-safe.
public final class Telemetry {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();

  /// Telemetry with the JVM's and the process' own metrics in it.
  ///
  /// @param buildInfo the name of the metric that tells the version, `prometheus_build_info` for
  ///   the metrics role
  public Telemetry(String buildInfo, String version) {
    JvmMetrics.builder().register(registry);
    Info.builder()
        .name(buildInfo.replaceAll("_info$", ""))
        .help("The version this process was built from.")
        .labelNames("version", "revision", "branch", "goversion")
        .register(registry)
        .setLabelValues(version, "", "", "java" + Runtime.version().feature());
  }

  private Telemetry() {}

  /// Telemetry with nothing in it: for metrics that are others', beside a role's own.
  public static Telemetry empty() {
    return new Telemetry();
  }

  /// Where to register what is counted.
  public PrometheusRegistry registry() {
    return registry;
  }

  /// Answers a scrape in the best format that the scraper accepts; protobuf carries native
  /// histograms.
  public HttpAnswer expose(HttpCall call) throws IOException {
    String accept = call.header("accept");
    ExpositionFormatWriter writer = formats.findWriter(accept);
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 << 10);
    writer.write(out, registry.scrape(), EscapingScheme.fromAcceptHeader(accept));
    return HttpAnswer.of(200, writer.getContentType(), out.toByteArray());
  }
}
