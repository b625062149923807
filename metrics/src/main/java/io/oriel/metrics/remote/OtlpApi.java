package io.oriel.metrics.remote;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.Appendable;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.otlp.OtlpMetrics;
import io.oriel.wire.otlp.OtlpOptions;
import io.oriel.wire.remotewrite.RemoteWriteSink;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/// Takes OpenTelemetry metrics: `POST /api/v1/otlp/v1/metrics`, protobuf or JSON. Thread-safe.
///
/// A request is taken as a whole or not at all. As upstream, points that cannot be translated are
/// answered 500 and points that storage refuses 400; neither is to be sent again.
public final class OtlpApi {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";

  private final Appendable storage;
  private final ReceiveMetrics metrics;
  private final InstantSource clock;
  private final Optional<Supplier<OtlpOptions>> options;
  private final RequestIntake.Extras extras;

  private OtlpApi(
      Appendable storage,
      ReceiveMetrics metrics,
      InstantSource clock,
      Optional<Supplier<OtlpOptions>> options,
      RequestIntake.Extras extras) {
    this.storage = storage;
    this.metrics = metrics;
    this.clock = clock;
    this.options = options;
    this.extras = extras;
  }

  /// A receiver that is on.
  ///
  /// @param options asked for at each request, because a reload may change them
  /// @param how as the remote write receiver has it; its versions do not matter
  public static OtlpApi on(
      Appendable storage,
      ReceiveMetrics metrics,
      InstantSource clock,
      Supplier<OtlpOptions> options,
      WriteApi.Options how) {
    return new OtlpApi(
        storage,
        metrics,
        clock,
        Optional.of(options),
        new RequestIntake.Extras(how.startZeros(), how.metadata()));
  }

  /// A receiver that is off: it answers which flag turns it on.
  public static OtlpApi off(Appendable storage, ReceiveMetrics metrics, InstantSource clock) {
    return new OtlpApi(
        storage, metrics, clock, Optional.empty(), new RequestIntake.Extras(false, false));
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.post("/api/v1/otlp/v1/metrics", this::write);
  }

  private HttpAnswer write(HttpCall call) throws IOException {
    if (options.isEmpty()) {
      return WriteApi.refused(
          404, "otlp write receiver needs to be enabled with --web.enable-otlp-receiver");
    }
    String type = call.header("content-type");
    if (!type.equals(PROTOBUF) && !type.equals(JSON)) {
      return WriteApi.refused(
          400,
          "unsupported content type: " + type + ", supported: [" + JSON + ", " + PROTOBUF + "]");
    }
    String encoding = call.header("content-encoding");
    if (!encoding.isEmpty() && !encoding.equals(Compression.GZIP.word())) {
      return WriteApi.refused(
          400,
          "unsupported compression: " + encoding + ". Only \"gzip\" or no compression supported");
    }
    byte[] body;
    try {
      body = Compression.ofWord(encoding).decompress(call.body(), WriteApi.MAX_BYTES);
    } catch (OrielException e) {
      return WriteApi.refused(400, e.reason());
    }
    return store(type, body, options.get().get());
  }

  private HttpAnswer store(String type, byte[] body, OtlpOptions how) throws IOException {
    RequestIntake intake =
        new RequestIntake(
            storage.appender(), clock.millis(), RequestIntake.Refusal.ENDS_REQUEST, extras);
    try {
      OtlpMetrics.Outcome outcome = read(type, body, how, intake);
      if (!outcome.reason().isEmpty()) {
        intake.rollback();
        metrics.samples.labelValues("otlp").inc(outcome.rejectedPoints());
        metrics.dropped.labelValues("otlp", "untranslatable").inc(outcome.rejectedPoints());
        return WriteApi.refused(500, outcome.reason());
      }
      intake.commit();
      if (!extras.metadata()) {
        metrics.otlpWithoutMetadata.inc(intake.samples() + (double) intake.histograms());
      }
      return HttpAnswer.empty(200);
    } catch (OrielException e) {
      intake.rollback();
      int status = e.kind() == Kind.BUG ? 500 : e.kind().httpStatus();
      return WriteApi.refused(status, e.reason());
    } catch (IOException e) {
      intake.rollback();
      throw e;
    } finally {
      intake.count(metrics, "otlp");
      metrics.otlpExemplarsOutOfOrder.inc(intake.exemplarsOutOfOrder());
    }
  }

  private static OtlpMetrics.Outcome read(
      String type, byte[] body, OtlpOptions how, RemoteWriteSink into) {
    return type.equals(JSON)
        ? OtlpMetrics.readJson(body, how, into)
        : OtlpMetrics.read(body, how, into);
  }
}
