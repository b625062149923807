package io.oriel.logs.ship;

import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.logs.enrich.Enrichment;
import io.oriel.logs.parse.DocumentWriter;
import io.oriel.logs.parse.JsonTree;
import io.oriel.logs.parse.LogEvent;
import io.oriel.logs.spool.Chunk;
import io.oriel.logs.spool.Position;
import io.oriel.logs.spool.Varints;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.retry.Backoff;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the systemd journal through a `journalctl` process, which is started again when it ends.
/// Its thread is its own.
///
/// The cursor is kept in a file after the entries before it are durable in the spool. What is read
/// again after a crash gets the same ids, which are made of the entries' cursors.
final class JournalTail implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalTail.class);
  private static final int BATCH = 500;
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("_HOSTNAME", "host.hostname"),
          Map.entry("_SYSTEMD_UNIT", "systemd.unit"),
          Map.entry("_SYSTEMD_SLICE", "systemd.slice"),
          Map.entry("_TRANSPORT", "systemd.transport"),
          Map.entry("SYSLOG_IDENTIFIER", "log.syslog.appname"),
          Map.entry("SYSLOG_FACILITY", "log.syslog.facility.code"),
          Map.entry("PRIORITY", "log.syslog.severity.code"),
          Map.entry("_PID", "process.pid"),
          Map.entry("_COMM", "process.name"),
          Map.entry("_CMDLINE", "process.command_line"),
          Map.entry("_EXE", "process.executable"),
          Map.entry("_UID", "user.id"),
          Map.entry("_BOOT_ID", "host.boot.id"));

  private final JournalConfig config;
  private final Disk disk;
  private final Path cursorFile;
  private final FilePipeline.Shared shared;
  private final Enrichment enrichment;
  private final IndexName index;
  private final Backoff backoff;
  private final Thread thread;
  private final DocumentWriter document = new DocumentWriter();
  private final Chunk chunk = new Chunk();
  private final Varints action = new Varints();
  private String cursor = "";
  private long count;
  private volatile @Nullable Process process;

  private JournalTail(
      JournalConfig config,
      Disk disk,
      Path directory,
      FilePipeline.Shared shared,
      Enrichment enrichment,
      IndexName index) {
    this.config = config;
    this.disk = disk;
    this.cursorFile = directory.resolve(config.id().replaceAll("[^A-Za-z0-9_-]", "_"));
    this.shared = shared;
    this.enrichment = enrichment;
    this.index = index;
    this.backoff =
        new Backoff(
            Duration.ofSeconds(1), Duration.ofSeconds(60), new java.util.SplittableRandom(1));
    this.thread =
        Thread.ofVirtual().name("oriel/ship/journal/" + config.id()).unstarted(this::follow);
  }

  static JournalTail start(
      JournalConfig config,
      Disk disk,
      Path directory,
      FilePipeline.Shared shared,
      Enrichment enrichment,
      IndexName index)
      throws IOException {
    disk.createDirectories(directory);
    JournalTail tail = new JournalTail(config, disk, directory, shared, enrichment, index);
    if (disk.exists(tail.cursorFile)) {
      tail.cursor = new String(disk.read(tail.cursorFile), StandardCharsets.UTF_8);
    }
    enrichment.refresh();
    tail.thread.start();
    return tail;
  }

  private void follow() {
    try {
      while (shared.stopping().getCount() > 0) {
        try {
          read();
        } catch (IOException | OrielException e) {
          LOG.atWarn()
              .addKeyValue("reason", String.valueOf(e.getMessage()))
              .log("cannot read the journal, trying again");
        }
        if (shared.stopping().await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(config.command());
    command.addAll(List.of("--output=json", "--follow", "--all", "--quiet"));
    if (!cursor.isEmpty()) {
      command.add("--after-cursor=" + cursor);
    } else {
      command.add(config.fromTail() ? "--lines=0" : "--no-tail");
    }
    command.addAll(config.selection());
    return command;
  }

  private void read() throws IOException, InterruptedException {
    Process started = new ProcessBuilder(command()).redirectErrorStream(false).start();
    process = started;
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        take(line);
        if (chunk.count() >= BATCH || !in.ready()) {
          pass();
        }
      }
      pass();
    } finally {
      started.destroy();
    }
  }

  private void take(String line) {
    Optional<Map<String, Object>> entry = JsonTree.parse(line).object();
    shared.metrics().journalEntries.inc();
    if (entry.isEmpty() || !(entry.get().get("__CURSOR") instanceof String at)) {
      shared.parsing().drop("journal_malformed", 1);
      return;
    }
    cursor = at;
    count++;
    LogEvent event = new LogEvent(new byte[0], 0, 0, count, count + 1);
    event.message(text(entry.get().get("MESSAGE")));
    if (entry.get().get("__REALTIME_TIMESTAMP") instanceof String micros) {
      long value = Long.parseLong(micros);
      event.time(Instant.ofEpochSecond(value / 1_000_000, value % 1_000_000 * 1000));
    }
    Map<String, Object> custom = new LinkedHashMap<>();
    entry
        .get()
        .forEach(
            (key, value) -> {
              String name = NAMES.get(key);
              if (name != null) {
                event.field(name, text(value));
              } else if (!key.startsWith("_") && !key.equals("MESSAGE")) {
                custom.put(key.toLowerCase(java.util.Locale.ROOT), text(value));
              }
            });
    if (!custom.isEmpty()) {
      event.field("journald.custom", custom);
    }
    event.id(id(at));
    if (enrichment.apply(event)) {
      document.document(event, event.time());
      String name = index.of(event, event.time()).orElse("logs-unnamed");
      String head = DocumentWriter.json(Map.of("create", target(name, event.id())));
      byte[] bytes = head.getBytes(StandardCharsets.UTF_8);
      chunk.add(
          action.clear().putBytes(bytes, 0, bytes.length), document.array(), 0, document.size());
    }
  }

  private static Map<String, Object> target(String index, String id) {
    Map<String, Object> target = new LinkedHashMap<>();
    target.put("_index", index);
    target.put("_id", id);
    return target;
  }

  /// The journal writes what is not text as a list of bytes.
  private static String text(@Nullable Object value) {
    if (value instanceof List<?> list && list.stream().allMatch(b -> b instanceof Integer)) {
      byte[] bytes = new byte[list.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = list.get(i) instanceof Integer b ? b.byteValue() : 0;
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
    return value == null ? "" : value.toString();
  }

  private static String id(String cursor) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] hash = sha.digest(cursor.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 27);
    } catch (NoSuchAlgorithmException e) {
      throw OrielException.bug("this JVM has no SHA-256: " + e.getMessage());
    }
  }

  private void pass() throws IOException, InterruptedException {
    if (chunk.count() > 0) {
      int events = chunk.count();
      Position after = new Position("journal/" + config.id(), 0, count, 0);
      if (shared.spool().append(chunk, after)) {
        shared.metrics().linesSpooled.inc(events);
        shared.metrics().eventsSpooled.inc(events);
      } else {
        shared.parsing().drop("spool_full", events);
      }
      chunk.clear();
    }
    shared.spool().sync();
    DurableFile.write(disk, cursorFile, cursor.getBytes(StandardCharsets.UTF_8));
    backoff.reset();
  }

  @Override
  public void close() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroy();
    }
    thread.interrupt();
    thread.join();
  }
}
