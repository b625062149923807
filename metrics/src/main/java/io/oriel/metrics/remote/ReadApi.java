package io.oriel.metrics.remote;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.limit.Limit;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remoteread.ChunkedResponse;
import io.oriel.wire.remoteread.ReadRequest;
import io.oriel.wire.remoteread.ReadRequest.Query;
import io.oriel.wire.remoteread.SampledResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Answers remote read: `POST /api/v1/read`, with samples or with streamed chunks. Thread-safe.
///
/// External labels are added to every series; a matcher that asks for an external label's own value
/// is met by every series.
public final class ReadApi {
  /// How much may be read at once.
  ///
  /// @param maxSamples in an answer with samples; zero for no limit
  /// @param maxConcurrent requests at once; others wait
  /// @param maxFrameBytes what a streamed frame should hold at most
  public record Limits(long maxSamples, int maxConcurrent, int maxFrameBytes) {
    /// Prometheus' defaults.
    public static Limits standard() {
      return new Limits(50_000_000, 10, ChunkedResponse.TARGET_FRAME_BYTES);
    }
  }

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Queryable storage;
  private final Supplier<Labels> externalLabels;
  private final Limits limits;
  private final ReceiveMetrics metrics;
  private final Limit gate;

  /// @param externalLabels asked for at each request, because a reload may change them
  public ReadApi(
      Queryable storage, Supplier<Labels> externalLabels, Limits limits, ReceiveMetrics metrics) {
    this.storage = storage;
    this.externalLabels = externalLabels;
    this.limits = limits;
    this.metrics = metrics;
    this.gate = new Limit("--storage.remote.read-concurrent-limit", limits.maxConcurrent());
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.post("/api/v1/read", this::read);
  }

  private HttpAnswer read(HttpCall call) throws IOException, InterruptedException {
    ReadRequest request;
    try {
      request = ReadRequest.read(Compression.SNAPPY.decompress(call.body(), WriteApi.MAX_BYTES));
    } catch (OrielException e) {
      return WriteApi.refused(400, e.reason());
    }
    Labels external = externalLabels.get();
    if (request.streamedChunks()) {
      return HttpAnswer.stream(
          200, ChunkedResponse.CONTENT_TYPE, out -> stream(request, external, out));
    }
    metrics.readQueries.inc();
    try (Limit.Permit _ = gate.acquire(PATIENCE)) {
      return samples(request, external);
    } finally {
      metrics.readQueries.dec();
    }
  }

  private HttpAnswer samples(ReadRequest request, Labels external) throws IOException {
    SampledResponse response = new SampledResponse();
    SampleColumns columns = new SampleColumns();
    for (Query query : request.queries()) {
      response.beginQuery();
      long samples = 0;
      try (Querier querier = storage.querier(query.startMillis(), query.endMillis());
          SeriesCursor cursor = select(querier, query, external)) {
        for (Series series = cursor.next(); series != null; series = cursor.next()) {
          columns.clear();
          series.read(columns);
          samples += columns.size();
          if (limits.maxSamples() > 0 && samples > limits.maxSamples()) {
            return WriteApi.refused(400, "exceeded sample limit (" + limits.maxSamples() + ")");
          }
          response.series(merged(series.labels(), external), columns);
        }
      }
    }
    byte[] body = Compression.SNAPPY.compress(response.finish());
    return HttpAnswer.of(200, "application/x-protobuf", body).header("content-encoding", "snappy");
  }

  private void stream(ReadRequest request, Labels external, OutputStream out) throws IOException {
    metrics.readQueries.inc();
    try (Limit.Permit _ = gate.acquire(PATIENCE)) {
      for (int i = 0; i < request.queries().size(); i++) {
        Query query = request.queries().get(i);
        try (Querier querier = storage.querier(query.startMillis(), query.endMillis());
            SeriesCursor cursor = select(querier, query, external)) {
          for (Series series = cursor.next(); series != null; series = cursor.next()) {
            frames(i, merged(series.labels(), external), series.chunks(), out);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for other reads", e);
    } finally {
      metrics.readQueries.dec();
    }
  }

  private void frames(int query, Labels labels, List<EncodedChunk> chunks, OutputStream out)
      throws IOException {
    List<EncodedChunk> frame = new ArrayList<>();
    long bytes = 0;
    for (EncodedChunk chunk : chunks) {
      frame.add(chunk);
      bytes += chunk.data().remaining();
      if (bytes >= limits.maxFrameBytes()) {
        out.write(ChunkedResponse.frame(new ChunkedResponse.Frame(query, labels, frame)));
        frame.clear();
        bytes = 0;
      }
    }
    if (!frame.isEmpty()) {
      out.write(ChunkedResponse.frame(new ChunkedResponse.Frame(query, labels, frame)));
    }
  }

  private static SeriesCursor select(Querier querier, Query query, Labels external)
      throws IOException {
    List<Matcher> matchers = new ArrayList<>();
    for (Matcher matcher : query.matchers()) {
      boolean ours =
          matcher.type() == Matcher.Type.EQUAL
              && external.get(matcher.name()).equals(matcher.value());
      matchers.add(ours ? Matcher.of(Matcher.Type.EQUAL, matcher.name(), "") : matcher);
    }
    return querier.select(query.hints().withSorted(true), matchers);
  }

  /// {@code own} with the external labels that it has not.
  private static Labels merged(Labels own, Labels external) {
    LabelsBuilder labels = own.toBuilder();
    for (int i = 0; i < external.size(); i++) {
      if (!labels.has(external.name(i))) {
        labels.set(external.name(i), external.value(i));
      }
    }
    return labels.build();
  }
}
