package io.oriel.app.role.sidecar;

import io.oriel.federation.store.PrometheusClient;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a Prometheus read its config and rules again when the files change, with Thanos' metrics
/// `thanos_sidecar_reloader_*`. Thread-safe.
///
/// The config file may be compressed by gzip and may have environment variables as `$(NAME)`; what
/// comes of it is put, whole or not at all, where the Prometheus reads it. A change counts as seen
/// only when the Prometheus says that it runs with it; until then it is told again.
final class SidecarReloader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SidecarReloader.class);
  private static final Pattern VARIABLE = Pattern.compile("\\$\\(([a-zA-Z_0-9]+)\\)");
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int MOST_BYTES = 64 << 20;

  private final Options options;
  private final PrometheusClient prometheus;
  private final Map<String, String> environment;
  private final Counter applied;
  private final Counter applyFailures;
  private final Counter reloads;
  private final Counter reloadFailures;
  private final Counter watchEvents;
  private final Gauge succeeded;
  private final Gauge succeededAt;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /** What the Prometheus runs with; of the thread. */
  private byte[] seen = {};

  /// What is watched.
  ///
  /// @param config the file that people write
  /// @param output where it goes, with variables replaced; as it is without
  /// @param ruleDirectories with everything below them
  /// @param watchInterval after which the files are read even if they look as before
  /// @param retryInterval after which a Prometheus that did not reload is told again
  record Options(
      Optional<Path> config,
      Optional<Path> output,
      List<Path> ruleDirectories,
      Duration watchInterval,
      Duration retryInterval) {
    Options {
      ruleDirectories = List.copyOf(ruleDirectories);
      if (output.isPresent() && config.isEmpty()) {
        throw OrielException.invalid(
            "--reloader.config-envsubst-file: got a file without --reloader.config-file");
      }
    }

    /// Nothing is watched.
    static Options off() {
      return new Options(
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Duration.ofMinutes(3),
          Duration.ofSeconds(5));
    }

    boolean isOn() {
      return config.isPresent() || !ruleDirectories.isEmpty();
    }
  }

  private SidecarReloader(
      Options options,
      PrometheusClient prometheus,
      Map<String, String> environment,
      PrometheusRegistry registry) {
    this.options = options;
    this.prometheus = prometheus;
    this.environment = environment;
    applied = counter(registry, "config_apply_operations", "Looks at changed files.");
    applyFailures =
        counter(registry, "config_apply_operations_failed", "Looks at changed files that failed.");
    reloads = counter(registry, "reloads", "Reloads that were asked for.");
    reloadFailures = counter(registry, "reloads_failed", "Reloads that failed.");
    watchEvents = counter(registry, "watch_events", "Changes of files that were noticed.");
    Counter _ = counter(registry, "watch_errors", "Files that could not be watched.");
    gauge(registry, "watches", "Files and directories that are watched.")
        .set((options.config().isPresent() ? 1 : 0) + options.ruleDirectories().size());
    succeeded = gauge(registry, "last_reload_successful", "Whether the last reload succeeded.");
    succeededAt =
        gauge(
            registry,
            "last_reload_success_timestamp_seconds",
            "When a reload last succeeded, Unix seconds.");
    thread = Thread.ofVirtual().name("oriel/sidecar/reload").unstarted(this::run);
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder()
        .name("thanos_sidecar_reloader_" + name + "_total")
        .help(help)
        .register(registry);
  }

  private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder().name("thanos_sidecar_reloader_" + name).help(help).register(registry);
  }

  /// Begins to watch.
  static SidecarReloader start(
      Options options,
      PrometheusClient prometheus,
      Map<String, String> environment,
      PrometheusRegistry registry) {
    SidecarReloader reloader = new SidecarReloader(options, prometheus, environment, registry);
    reloader.thread.start();
    return reloader;
  }

  private void run() {
    String looks = "";
    long readNanos = System.nanoTime() - options.watchInterval().toNanos();
    try {
      do {
        String now = looks();
        boolean due = System.nanoTime() - readNanos >= options.watchInterval().toNanos();
        if (due || !now.equals(looks)) {
          watchEvents.inc(due ? 0 : 1);
          readNanos = System.nanoTime();
          looks = apply() ? now : "";
        }
      } while (!closing.await(pauseMillis(looks), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private long pauseMillis(String looks) {
    Duration pause = looks.isEmpty() ? options.retryInterval() : LOOK;
    return Math.max(1, pause.toMillis());
  }

  /// Sizes and times of all files; empty when they cannot be read.
  private String looks() {
    StringBuilder looks = new StringBuilder("looks");
    try {
      for (Path file : files()) {
        looks.append('\n').append(file).append(' ').append(Files.size(file));
        looks.append(' ').append(Files.getLastModifiedTime(file).toMillis());
      }
      return looks.toString();
    } catch (IOException | UncheckedIOException _) {
      return "";
    }
  }

  private List<Path> files() throws IOException {
    Stream<Path> all = options.config().stream();
    for (Path directory : options.ruleDirectories()) {
      try (Stream<Path> below = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
        all = Stream.concat(all, below.filter(Files::isRegularFile).sorted().toList().stream());
      }
    }
    return all.toList();
  }

  /// Reads the files and, if they changed, has them read.
  ///
  /// @return whether the Prometheus runs with them
  private boolean apply() {
    applied.inc();
    byte[] digest;
    try {
      digest = digest(options.config().isPresent() ? config() : new byte[0]);
    } catch (IOException | UncheckedIOException | OrielException e) {
      applyFailures.inc();
      LOG.atError()
          .addKeyValue("reason", e.getMessage())
          .log("cannot read config or rules; the Prometheus keeps what it has");
      return false;
    }
    if (Arrays.equals(digest, seen)) {
      return true;
    }
    try {
      reloads.inc();
      prometheus.reload();
      if (!prometheus.hasLoadedConfig()) {
        throw new IOException("it says that the config it was given is not good");
      }
      seen = digest;
      succeeded.set(1);
      succeededAt.set(System.currentTimeMillis() / 1000.0);
      LOG.atInfo().log("prometheus runs with the new config and rules");
      return true;
    } catch (IOException | OrielException e) {
      reloadFailures.inc();
      succeeded.set(0);
      LOG.atError()
          .addKeyValue("reason", e.getMessage())
          .log("prometheus did not reload, is --web.enable-lifecycle set? trying again");
      return false;
    }
  }

  private byte[] digest(byte[] config) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(config);
      for (Path file : files()) {
        if (options.config().filter(file::equals).isEmpty()) {
          digest.update((byte) 0xff);
          digest.update(file.toString().getBytes(StandardCharsets.UTF_8));
          digest.update((byte) 0xff);
          digest.update(Files.readAllBytes(file));
        }
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw OrielException.bug("SHA-256: " + e.getMessage());
    }
  }

  /// The config as the Prometheus shall see it, put where it reads it.
  private byte[] config() throws IOException {
    byte[] read = Files.readAllBytes(options.config().orElseThrow());
    if (options.output().isEmpty()) {
      return read;
    }
    byte[] config = expand(plain(read), environment).getBytes(StandardCharsets.UTF_8);
    Path output = options.output().get();
    if (!Files.exists(output) || !Arrays.equals(Files.readAllBytes(output), config)) {
      Path written = output.resolveSibling(output.getFileName() + ".tmp");
      Files.write(written, config);
      Files.move(written, output, StandardCopyOption.ATOMIC_MOVE);
    }
    return config;
  }

  private static byte[] plain(byte[] read) throws IOException {
    if (read.length < 2 || (read[0] & 0xff) != 0x1f || (read[1] & 0xff) != 0x8b) {
      return read;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(read))) {
      byte[] plain = in.readNBytes(MOST_BYTES + 1);
      if (plain.length > MOST_BYTES) {
        throw new IOException("config: got more than " + MOST_BYTES + " bytes when decompressed");
      }
      return plain;
    }
  }

  /// Replaces `$(NAME)` by variables.
  ///
  /// @throws OrielException of kind INVALID when one is not set
  private static String expand(byte[] config, Map<String, String> variables) {
    Matcher found = VARIABLE.matcher(new String(config, StandardCharsets.UTF_8));
    return found.replaceAll(
        match -> {
          String value = variables.get(match.group(1));
          if (value == null) {
            throw OrielException.invalid(
                "config: environment variable " + Quoted.of(match.group(1)) + " is not set");
          }
          return Matcher.quoteReplacement(value);
        });
  }

  @Override
  public void close() throws InterruptedException {
    closing.countDown();
    thread.interrupt();
    thread.join();
  }
}
