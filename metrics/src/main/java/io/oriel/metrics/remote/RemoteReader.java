package io.oriel.metrics.remote;

import io.oriel.metrics.config.RemoteReadConfig;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.RowOrder;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remoteread.ChunkedResponse;
import io.oriel.wire.remoteread.ReadRequest;
import io.oriel.wire.remoteread.SampledResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/// Asks one remote storage. Thread-safe.
///
/// @param external labels that the remote side has on all of ours; empty not to filter by them
record RemoteReader(
    RemoteReadConfig config,
    Labels external,
    HttpClient client,
    RemoteReads.Metrics metrics,
    LongSupplier nanoTime)
    implements AutoCloseable {
  /** More than any answer that a query could use. */
  private static final int MAX_BYTES = 512 << 20;

  private static final int MAX_REASON = 256;

  /// The series that one query finds, in any order, each once. Asks for chunks and takes samples,
  /// too.
  ///
  /// @throws OrielException when it does not answer, or not with success
  Map<Labels, SampleColumns> read(ReadRequest.Query query)
      throws IOException, InterruptedException {
    byte[] body = Compression.SNAPPY.compress(new ReadRequest(List.of(query), true).write());
    HttpRequest request =
        HttpRequest.post(URI.create(config.url()), "application/x-protobuf", body)
            .withHeader("content-encoding", Compression.SNAPPY.word())
            .withHeader("x-prometheus-remote-read-version", "0.1.0")
            .withTimeout(Duration.ofMillis(config.timeoutMillis()))
            .withMaxBodyBytes(MAX_BYTES);
    for (Map.Entry<String, String> header : config.headers().entrySet()) {
      request = request.withHeader(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    long start = nanoTime.getAsLong();
    String type = "sampled";
    metrics.running.labelValues(name(), config.url()).inc();
    try {
      HttpResult result = client.send(request);
      String contentType = result.header("content-type");
      boolean streamed = contentType.startsWith(ChunkedResponse.CONTENT_TYPE);
      type = streamed ? "chunked" : type;
      String code = Integer.toString(result.status());
      metrics.reads.labelValues(name(), config.url(), type, code).inc();
      if (!result.isSuccess()) {
        throw refused(result);
      }
      if (!streamed && !contentType.startsWith("application/x-protobuf")) {
        throw new OrielException(
            Kind.UNAVAILABLE, "unsupported content type: " + Quoted.of(contentType));
      }
      return streamed
          ? chunks(result.body(), query)
          : samples(Compression.SNAPPY.decompress(result.body(), MAX_BYTES));
    } finally {
      metrics.running.labelValues(name(), config.url()).dec();
      double seconds = (nanoTime.getAsLong() - start) / 1e9;
      metrics.duration.labelValues(name(), config.url(), type).observe(seconds);
    }
  }

  private OrielException refused(HttpResult result) {
    String text = result.text().strip();
    return new OrielException(
        Kind.UNAVAILABLE,
        "remote server %s returned http status %d: %s"
            .formatted(
                config.url(),
                result.status(),
                text.substring(0, Math.min(text.length(), MAX_REASON))));
  }

  private static Map<Labels, SampleColumns> samples(byte[] answer) {
    Map<Labels, SampleColumns> found = new LinkedHashMap<>();
    SampledResponse.read(answer, found::put);
    return found;
  }

  /// A series may span frames, and its chunks may reach beyond what was asked for.
  private Map<Labels, SampleColumns> chunks(byte[] answer, ReadRequest.Query query)
      throws IOException {
    Map<Labels, SampleColumns> found = new LinkedHashMap<>();
    ChunkDecoder decoder = new ChunkDecoder();
    ByteArrayInputStream in = new ByteArrayInputStream(answer);
    int most = (int) Math.min(config.chunkedReadLimit(), MAX_BYTES);
    for (ChunkedResponse.Frame frame = ChunkedResponse.read(in, most);
        frame != null;
        frame = ChunkedResponse.read(in, most)) {
      SampleColumns rows = found.computeIfAbsent(frame.labels(), _ -> new SampleColumns());
      for (EncodedChunk chunk : frame.chunks()) {
        MemorySegment data = MemorySegment.ofArray(bytes(chunk.data()));
        decoder.decode(chunk.encoding(), data, rows, query.startMillis(), query.endMillis());
      }
    }
    found.replaceAll((_, rows) -> RowOrder.sorted(rows));
    found.values().removeIf(rows -> rows.size() == 0);
    return found;
  }

  private static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(data.position(), bytes);
    return bytes;
  }

  private String name() {
    return config.name().isEmpty() ? config.url() : config.name();
  }

  @Override
  public void close() {
    client.close();
  }
}
