package io.oriel.gateway.audit;

import io.oriel.model.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of events, replaced when it is full: `audit.log`, before it `audit.log.1`, and so on.
/// Thread-safe.
public final class AuditLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final int KEPT = 5;
  private static final int MAX_TEXT = 512;

  private final Optional<Path> file;
  private final long maxBytes;
  private final InstantSource clock;

  /** Guarded by this. */
  private @Nullable OutputStream out;

  /** Guarded by this. */
  private long bytes;

  private AuditLog(Optional<Path> file, long maxBytes, InstantSource clock) {
    this.file = file;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /// A log in {@code file}.
  ///
  /// @param maxBytes after which a new file is begun; five old ones are kept
  /// @throws IOException when it cannot be written
  public static AuditLog open(Path file, long maxBytes, InstantSource clock) throws IOException {
    AuditLog log = new AuditLog(Optional.of(file), maxBytes, clock);
    synchronized (log) {
      log.append(file);
    }
    return log;
  }

  /// A log that goes to the process' own.
  public static AuditLog toProcessLog(InstantSource clock) {
    return new AuditLog(Optional.empty(), 0, clock);
  }

  /// Writes an event. A failure to write is logged, and the event with it: who cannot write its
  /// audit log still answers.
  public synchronized void write(AuditEvent event) {
    JsonWriter json = new JsonWriter(256);
    json.beginObject();
    json.name("@timestamp").string(clock.instant().toString());
    json.name("event.action").string(event.action());
    json.name("event.outcome").string(event.outcome().name().toLowerCase(Locale.ROOT));
    event
        .client()
        .ifPresent(
            client -> {
              json.name("cluster").string(client.cluster());
              json.name("client.subject").string(client.subject());
              json.name("client.serial").string(client.serial());
            });
    json.name("source.address").string(event.source());
    text(json, "object", event.object());
    text(json, "reason", event.reason());
    json.endObject();
    byte[] line = json.toBytes();
    if (file.isEmpty()) {
      logged(event);
      return;
    }
    try {
      if (bytes > 0 && bytes + line.length >= maxBytes) {
        turn(file.get());
      }
      OutputStream to = out == null ? append(file.get()) : out;
      to.write(line);
      to.write('\n');
      to.flush();
      bytes += line.length + 1;
    } catch (IOException e) {
      LOG.atError().setCause(e).addKeyValue("file", file.get()).log("cannot write audit log");
      logged(event);
    }
  }

  private static void logged(AuditEvent event) {
    LOG.atInfo()
        .addKeyValue("action", event.action())
        .addKeyValue("outcome", event.outcome())
        .addKeyValue("client", event.client())
        .addKeyValue("source", event.source())
        .addKeyValue("object", event.object())
        .addKeyValue("reason", event.reason())
        .log("audit");
  }

  private static void text(JsonWriter json, String name, String value) {
    if (!value.isEmpty()) {
      json.name(name).string(value.length() <= MAX_TEXT ? value : value.substring(0, MAX_TEXT));
    }
  }

  private OutputStream append(Path to) throws IOException {
    OutputStream opened =
        Files.newOutputStream(to, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    out = opened;
    bytes = Files.size(to);
    return opened;
  }

  private void turn(Path full) throws IOException {
    close();
    for (int i = KEPT - 1; i >= 0; i--) {
      Path from = i == 0 ? full : full.resolveSibling(full.getFileName() + "." + i);
      try {
        Files.move(
            from,
            full.resolveSibling(full.getFileName() + "." + (i + 1)),
            StandardCopyOption.REPLACE_EXISTING);
      } catch (NoSuchFileException _) {
        // not so many yet
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    OutputStream open = out;
    out = null;
    if (open != null) {
      open.close();
    }
  }
}
