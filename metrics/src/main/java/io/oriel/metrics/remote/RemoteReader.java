package io.oriel.metrics.remote;

import io.oriel.metrics.config.RemoteReadConfig;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remoteread.ReadRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
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

  private static final String TYPE = "sampled";
  private static final int MAX_REASON = 256;

  /// The uncompressed answer to one query.
  ///
  /// @throws OrielException when it does not answer, or not with success
  byte[] read(ReadRequest.Query query) throws IOException, InterruptedException {
    byte[] body = Compression.SNAPPY.compress(new ReadRequest(List.of(query), false).write());
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
    metrics.running.labelValues(name(), config.url()).inc();
    try {
      HttpResult result = client.send(request);
      count(Integer.toString(result.status()));
      if (!result.isSuccess()) {
        String text = result.text().strip();
        throw new OrielException(
            Kind.UNAVAILABLE,
            "remote server %s returned http status %d: %s"
                .formatted(
                    config.url(),
                    result.status(),
                    text.substring(0, Math.min(text.length(), MAX_REASON))));
      }
      return Compression.SNAPPY.decompress(result.body(), MAX_BYTES);
    } finally {
      metrics.running.labelValues(name(), config.url()).dec();
      metrics
          .duration
          .labelValues(name(), config.url(), TYPE)
          .observe((nanoTime.getAsLong() - start) / 1e9);
    }
  }

  private String name() {
    return config.name().isEmpty() ? config.url() : config.name();
  }

  private void count(String code) {
    metrics.reads.labelValues(name(), config.url(), TYPE, code).inc();
  }

  @Override
  public void close() {
    client.close();
  }
}
