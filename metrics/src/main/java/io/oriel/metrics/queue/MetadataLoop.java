package io.oriel.metrics.queue;

import io.oriel.metrics.config.RemoteWriteConfig;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import io.oriel.wire.remotewrite.RemoteWriteWriter;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what targets say of their metric families, every so often: version 1 only, version 2 sends
/// it along with the series.
final class MetadataLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataLoop.class);

  private final RemoteWriteConfig config;
  private final Delivery delivery;
  private final QueueCounts counts;
  private final RemoteWrites.Environment environment;
  private final Thread thread;

  MetadataLoop(
      RemoteWriteConfig config,
      Delivery delivery,
      QueueCounts counts,
      RemoteWrites.Environment environment) {
    this.config = config;
    this.delivery = delivery;
    this.counts = counts;
    this.environment = environment;
    this.thread =
        Thread.ofVirtual()
            .name("oriel/metrics/remote-write/metadata/" + config.url())
            .unstarted(this::run);
  }

  void start() {
    if (config.metadata().send() && delivery.version() == RemoteWriteVersion.V1) {
      thread.start();
    }
  }

  private void run() {
    try {
      while (true) {
        environment.pause().sleep(config.metadata().intervalMillis());
        sendAll();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendAll() throws InterruptedException {
    RemoteWriteWriter writer = new RemoteWriteWriter(RemoteWriteVersion.V1);
    int entries = 0;
    for (Map.Entry<String, MetricMetadata> entry : environment.metadata().get().entrySet()) {
      writer.metadata(entry.getKey(), entry.getValue());
      if (++entries == config.metadata().maxSamplesPerSend()) {
        send(writer, entries);
        writer = new RemoteWriteWriter(RemoteWriteVersion.V1);
        entries = 0;
      }
    }
    if (entries > 0) {
      send(writer, entries);
    }
  }

  private void send(RemoteWriteWriter writer, int entries) throws InterruptedException {
    byte[] body = Compression.SNAPPY.compress(writer.finish());
    switch (delivery.send(body, _ -> counts.metadataRetried(entries))) {
      case Delivery.Outcome.Taken _ -> counts.metadataSent(entries, body.length);
      case Delivery.Outcome.Refused refused -> {
        counts.metadataFailed(entries);
        LOG.atError()
            .addKeyValue("url", config.url())
            .addKeyValue("entries", entries)
            .addKeyValue("reason", refused.why())
            .log("the receiver refused metadata for good; it is dropped");
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
