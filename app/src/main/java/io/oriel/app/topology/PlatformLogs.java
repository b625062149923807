package io.oriel.app.topology;

import io.oriel.model.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/// What the platform logs, in files as a container runtime writes them, a directory for each
/// cluster: `DIR/CLUSTER/logs/containers/`, where the cluster's shipper finds it. Thread-safe.
///
/// A line is `TIME stderr F JSON` (the CRI's log format); which cluster it is of says the key
/// `cluster` of the thread, which threads hand on to those they make. A full file is renamed to
/// `….1`, and the one before is lost.
final class PlatformLogs extends AbstractAppender implements AutoCloseable {
  static final String CLUSTER = "cluster";
  private static final String APPENDER = "platform-logs";
  private static final long MAX_BYTES = 10L << 20;

  private final Path directory;
  private final String fallback;

  /** By cluster; guarded by this. */
  private final Map<String, LogFile> files = new HashMap<>();

  private static final class LogFile {
    private final OutputStream out;
    private long bytes;

    LogFile(OutputStream out, long bytes) {
      this.out = out;
      this.bytes = bytes;
    }
  }

  private PlatformLogs(Path directory, String fallback) {
    super(APPENDER, null, null, true, Property.EMPTY_ARRAY);
    this.directory = directory;
    this.fallback = fallback;
  }

  /// Writes from now on what this process logs, until it is closed.
  ///
  /// @param fallback the cluster of lines that are of none
  static PlatformLogs start(Path directory, String fallback) {
    PlatformLogs logs = new PlatformLogs(directory, fallback);
    logs.start();
    root().addAppender(logs, null, null);
    context().updateLoggers();
    return logs;
  }

  private static LoggerContext context() {
    return (LoggerContext) LogManager.getContext(false);
  }

  private static LoggerConfig root() {
    return context().getConfiguration().getRootLogger();
  }

  /// Where a cluster's files are.
  static String pattern(Path directory, String cluster) {
    return containers(directory, cluster).toAbsolutePath().resolve("*.log").toString();
  }

  private static Path containers(Path directory, String cluster) {
    return directory.resolve(cluster).resolve("logs").resolve("containers");
  }

  @Override
  public void append(LogEvent event) {
    String named = event.getContextData().getValue(CLUSTER);
    byte[] line = line(event);
    synchronized (this) {
      if (!isStarted()) {
        return;
      }
      try {
        write(named == null ? fallback : named, line);
      } catch (IOException e) {
        error("cannot write platform log", event, e);
      }
    }
  }

  private void write(String cluster, byte[] line) throws IOException {
    Path path =
        containers(directory, cluster)
            .resolve("oriel-" + cluster + "_oriel-system_oriel-" + "0".repeat(64) + ".log");
    LogFile file = files.get(cluster);
    if (file != null && file.bytes + line.length > MAX_BYTES) {
      file.out.close();
      Files.move(
          path,
          path.resolveSibling(path.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
      file = null;
    }
    if (file == null) {
      Files.createDirectories(path.getParent());
      OutputStream out =
          Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      file = new LogFile(out, size(path));
      files.put(cluster, file);
    }
    file.out.write(line);
    file.bytes += line.length;
  }

  private static long size(Path path) throws IOException {
    try {
      return Files.size(path);
    } catch (NoSuchFileException _) {
      return 0;
    }
  }

  private static byte[] line(LogEvent event) {
    Instant time =
        Instant.ofEpochSecond(
            event.getInstant().getEpochSecond(), event.getInstant().getNanoOfSecond());
    JsonWriter json = new JsonWriter(512);
    json.beginObject().name("message").string(event.getMessage().getFormattedMessage());
    json.name("log.level").string(event.getLevel().name());
    json.name("log.logger").string(event.getLoggerName());
    json.name("process.thread.name").string(event.getThreadName());
    if (!event.getContextData().isEmpty()) {
      json.name("labels").beginObject();
      event
          .getContextData()
          .forEach((name, value) -> json.name(name).string(String.valueOf(value)));
      json.endObject();
    }
    if (event.getThrown() != null) {
      StringWriter trace = new StringWriter();
      event.getThrown().printStackTrace(new PrintWriter(trace));
      json.name("error.stack_trace").string(trace.toString());
    }
    json.endObject();
    return (time + " stderr F " + new String(json.toBytes(), StandardCharsets.UTF_8) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    root().removeAppender(APPENDER);
    context().updateLoggers();
    stop();
    synchronized (this) {
      for (LogFile file : files.values()) {
        try {
          file.out.close();
        } catch (IOException e) {
          error("cannot close platform log", e);
        }
      }
      files.clear();
    }
  }
}
