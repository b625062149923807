package io.oriel.metrics.remote;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.Appendable;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remotewrite.RemoteWriteReader;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Takes remote write requests: `POST /api/v1/write`, versions 1.0 and 2.0. Thread-safe.
///
/// Version 1 is taken as a whole or not at all; version 2 keeps what is good, answers 400 for the
/// rest, and says in headers how much was written.
public final class WriteApi {
  /// What the receiver does.
  ///
  /// @param versions which messages are taken; none when receiving is off
  /// @param startZeros whether start timestamps become samples of zero
  /// @param metadata whether metadata is noted in the log
  public record Options(Set<RemoteWriteVersion> versions, boolean startZeros, boolean metadata) {
    public Options {
      versions = Set.copyOf(versions);
    }
  }

  /** What upstream takes at most, compressed or not. */
  static final int MAX_BYTES = 32 << 20;

  private static final String WRITTEN = "x-prometheus-remote-write-";

  private final Appendable storage;
  private final ReceiveMetrics metrics;
  private final InstantSource clock;
  private final Options options;

  public WriteApi(
      Appendable storage, ReceiveMetrics metrics, InstantSource clock, Options options) {
    this.storage = storage;
    this.metrics = metrics;
    this.clock = clock;
    this.options = options;
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.post("/api/v1/write", this::write);
  }

  private HttpAnswer write(HttpCall call) throws IOException {
    if (options.versions().isEmpty()) {
      return refused(
          404, "remote write receiver needs to be enabled with --web.enable-remote-write-receiver");
    }
    String encoding = call.header("content-encoding");
    if (!encoding.isEmpty() && !encoding.equals(Compression.SNAPPY.word())) {
      return refused(
          415,
          encoding
              + " encoding (compression) is not accepted by this server; only snappy is"
              + " acceptable");
    }
    RemoteWriteVersion version;
    try {
      version = RemoteWriteVersion.of(call.header("content-type"));
    } catch (OrielException e) {
      return refused(415, e.reason());
    }
    if (!options.versions().contains(version)) {
      return refused(
          415,
          version.message()
              + " protobuf message is not accepted by this server; only accepts "
              + accepted());
    }
    if (call.body().length > MAX_BYTES) {
      return refused(413, "request body exceeds the " + MAX_BYTES + " bytes limit");
    }
    byte[] body;
    try {
      body = Compression.SNAPPY.decompress(call.body(), MAX_BYTES);
    } catch (LimitExceeded _) {
      return refused(400, "decoded size exceeds the " + MAX_BYTES + " bytes limit");
    } catch (OrielException e) {
      return refused(400, e.reason());
    }
    return store(version, body);
  }

  private String accepted() {
    return new TreeSet<>(options.versions())
        .stream().map(RemoteWriteVersion::message).collect(Collectors.joining(", "));
  }

  private HttpAnswer store(RemoteWriteVersion version, byte[] body) throws IOException {
    boolean first = version == RemoteWriteVersion.V1;
    RequestIntake intake =
        new RequestIntake(
            storage.appender(),
            clock.millis(),
            first ? RequestIntake.Refusal.ENDS_REQUEST : RequestIntake.Refusal.IS_TOLD,
            new RequestIntake.Extras(options.startZeros() && !first, options.metadata()));
    int status = 204;
    String problem = "";
    try {
      RemoteWriteReader.read(version, body, intake);
      intake.commit();
      problem = first ? "" : intake.problems();
      status = problem.isEmpty() ? 204 : 400;
    } catch (OrielException e) {
      intake.rollback();
      problem = e.reason();
      status = status(e.kind());
    } catch (IOException e) {
      intake.rollback();
      throw e;
    } finally {
      count(version, intake);
    }
    HttpAnswer answer = problem.isEmpty() ? HttpAnswer.empty(status) : refused(status, problem);
    return first ? answer : withCounts(answer, intake);
  }

  /// Senders try again after 5xx and 429 only, so what can never work must be 400.
  private static int status(Kind kind) {
    return kind.fault() == Kind.Fault.US ? 500 : kind.httpStatus();
  }

  private void count(RemoteWriteVersion version, RequestIntake intake) {
    intake.count(metrics, version == RemoteWriteVersion.V1 ? "remote_write_1" : "remote_write_2");
    metrics.invalidLabels.inc(intake.invalid());
    if (!options.metadata()) {
      metrics.withoutMetadata.inc(intake.samples() + (double) intake.histograms());
    }
  }

  private static HttpAnswer withCounts(HttpAnswer answer, RequestIntake intake) {
    return answer
        .header(WRITTEN + "samples-written", Integer.toString(intake.samples()))
        .header(WRITTEN + "histograms-written", Integer.toString(intake.histograms()))
        .header(WRITTEN + "exemplars-written", Integer.toString(intake.exemplars()));
  }

  static HttpAnswer refused(int status, String message) {
    return HttpAnswer.text(status, message + "\n");
  }
}
