package io.oriel.metrics.queue;

import io.oriel.metrics.config.RemoteWriteConfig;
import io.oriel.metrics.discovery.Pause;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.tsdb.wal.WalTailer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Every `remote_write` of a config, running. Thread-safe; reloads happen one at a time.
///
/// Constructing starts nothing; the first {@link #apply} does. A reload keeps the queues whose
/// config did not change, with everything in them; one whose config did change goes on where it
/// stood in the log. A queue that ends sends first what it has read.
public final class RemoteWrites implements AutoCloseable {
  /// What queues need.
  ///
  /// @param tailer a new tailer of the log, for each queue its own
  /// @param metadata what targets say of their families now
  /// @param random spreads retries
  /// @param flushDeadline how long a queue that ends may send what it has
  public record Environment(
      Supplier<WalTailer> tailer,
      Supplier<Map<String, MetricMetadata>> metadata,
      QueueMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime,
      Pause pause,
      RandomGenerator random,
      Duration flushDeadline,
      String userAgent) {}

  private static final int NAME_LENGTH = 6;

  private final Environment environment;
  private Map<String, WriteQueue> queues = new LinkedHashMap<>();

  public RemoteWrites(Environment environment) {
    this.environment = environment;
  }

  /// Runs {@code configs} from now on.
  ///
  /// @param external labels that every series gets unless it has them
  /// @throws OrielException of kind INVALID when two of them are the same
  /// @throws IOException when the log or a certificate cannot be read; the queues that could be
  ///   started run
  public synchronized void apply(List<RemoteWriteConfig> configs, Labels external)
      throws IOException {
    Map<String, RemoteWriteConfig> wanted = named(configs);
    Map<String, WriteQueue> next = new LinkedHashMap<>();
    Set<String> ended = new HashSet<>(queues.keySet());
    for (Map.Entry<String, RemoteWriteConfig> entry : wanted.entrySet()) {
      WriteQueue running = queues.get(entry.getKey());
      if (running != null && running.runs(entry.getValue(), external)) {
        next.put(entry.getKey(), running);
        ended.remove(entry.getKey());
      }
    }
    List<WriteQueue> old = new ArrayList<>();
    ended.forEach(name -> old.add(queues.get(name)));
    queues = next;
    for (Map.Entry<String, RemoteWriteConfig> entry : wanted.entrySet()) {
      if (!next.containsKey(entry.getKey())) {
        WalTailer position = takeOver(entry.getValue(), old);
        next.put(
            entry.getKey(),
            WriteQueue.start(entry.getKey(), entry.getValue(), external, environment, position));
      }
    }
    old.forEach(WriteQueue::close);
  }

  /// Ends the queue that wrote to the same URL, if there is one, and says where in the log it
  /// stood, so that no sample is lost or sent twice.
  private @Nullable WalTailer takeOver(RemoteWriteConfig config, List<WriteQueue> ended) {
    for (WriteQueue queue : ended) {
      if (queue.url().equals(config.url())) {
        ended.remove(queue);
        queue.close();
        return queue.position();
      }
    }
    return null;
  }

  private static Map<String, RemoteWriteConfig> named(List<RemoteWriteConfig> configs) {
    Map<String, RemoteWriteConfig> named = new LinkedHashMap<>();
    for (RemoteWriteConfig config : configs) {
      if (!config.signer().isEmpty()) {
        throw OrielException.invalid(
            "remote_write to %s: %s is not supported, want basic_auth, authorization or oauth2"
                .formatted(config.url(), config.signer()));
      }
      String name = config.name().isEmpty() ? digest(config) : config.name();
      if (named.put(name, config) != null) {
        throw OrielException.invalid(
            "duplicate remote write configs are not allowed, found duplicate for URL: "
                + config.url());
      }
    }
    return named;
  }

  /// A name for a queue that has none, which stays the same over restarts.
  private static String digest(RemoteWriteConfig config) {
    List<String> parts = new ArrayList<>();
    parts.add(config.url());
    parts.add(config.version().name());
    parts.add(config.relabel().toString());
    parts.add(config.queue().toString());
    parts.add(config.headers().toString());
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, NAME_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new OrielException(Kind.BUG, "no SHA-256", e);
    }
  }

  /// Lets every queue send what it has read, within the flush deadline, and ends them.
  @Override
  public synchronized void close() {
    queues.values().forEach(WriteQueue::close);
    queues = new LinkedHashMap<>();
  }
}
