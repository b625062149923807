package io.oriel.logs.deliver;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Disk;
import io.oriel.disk.WritableFile;
import io.oriel.model.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Events that nobody takes, in a file for people: one JSON object a line, with the time, status
/// and reason, the action and the document. Two files of half the size each; when both are full the
/// older one goes. Thread-safe.
public final class DeadLetters implements AutoCloseable {
  private final Disk disk;
  private final Path file;
  private final Path older;
  private final long maxBytes;
  private final InstantSource clock;

  @GuardedBy("this")
  private @Nullable WritableFile out;

  /// @param maxBytes of both files together
  public DeadLetters(Disk disk, Path directory, long maxBytes, InstantSource clock) {
    this.disk = disk;
    this.file = directory.resolve("dead-letters.ndjson");
    this.older = directory.resolve("dead-letters.1.ndjson");
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /// Keeps one event; durable with {@link #sync}.
  ///
  /// @param bounds where in {@code bytes} its action and its document begin, and where it ends
  synchronized void add(byte[] bytes, int[] bounds, int status, String reason) throws IOException {
    JsonWriter head = new JsonWriter();
    head.beginObject();
    head.name("@timestamp").string(Instant.ofEpochMilli(clock.millis()).toString());
    head.name("status").number(status).name("reason").string(reason);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    head.drainTo(line);
    line.write(",\"action\":".getBytes(StandardCharsets.US_ASCII));
    line.write(bytes, bounds[0], bounds[1] - bounds[0]);
    line.write(",\"document\":".getBytes(StandardCharsets.US_ASCII));
    line.write(bytes, bounds[1], bounds[2] - bounds[1]);
    line.write("}\n".getBytes(StandardCharsets.US_ASCII));
    open().write(line.toByteArray());
  }

  @GuardedBy("this")
  private WritableFile open() throws IOException {
    WritableFile now = out;
    if (now != null && now.position() > maxBytes / 2) {
      now.sync();
      now.close();
      disk.rename(file, older);
      now = null;
    }
    if (now == null) {
      Path directory = file.getParent();
      if (directory != null) {
        disk.createDirectories(directory);
      }
      now = disk.exists(file) ? disk.append(file) : disk.create(file);
      out = now;
      if (directory != null) {
        disk.syncDirectory(directory);
      }
    }
    return now;
  }

  synchronized void sync() throws IOException {
    WritableFile now = out;
    if (now != null) {
      now.sync();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    WritableFile now = out;
    out = null;
    if (now != null) {
      now.sync();
      now.close();
    }
  }
}
