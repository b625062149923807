package io.oriel.app.role.query;

import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The endpoints of flags and of files in Prometheus' file discovery format, whose labels are not
/// looked at. For one thread.
///
/// A file is read when its time or size changes, and again after each interval in case neither
/// tells. One that cannot be read keeps its earlier endpoints; one that is gone has none.
final class EndpointFiles implements Supplier<List<String>> {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointFiles.class);

  private record Known(FileTime time, long bytes, long readNanos, List<String> addresses) {}

  private final List<String> fixed;
  private final List<String> patterns;
  private final Duration interval;
  private final LongSupplier nanos;
  private Map<Path, Known> files = new LinkedHashMap<>();

  /// @param fixed endpoints that are not from files
  /// @param patterns paths whose last part may have a `*`
  /// @param interval how old what was read may be
  EndpointFiles(List<String> fixed, List<String> patterns, Duration interval, LongSupplier nanos) {
    this.fixed = List.copyOf(fixed);
    this.patterns = List.copyOf(patterns);
    this.interval = interval;
    this.nanos = nanos;
  }

  /// All endpoints, each once.
  @Override
  public List<String> get() {
    Map<Path, Known> now = new LinkedHashMap<>();
    for (Path file : found()) {
      Known known = current(file);
      if (known != null) {
        now.put(file, known);
      }
    }
    files = now;
    Set<String> all = new LinkedHashSet<>(fixed);
    now.values().forEach(known -> all.addAll(known.addresses()));
    return List.copyOf(all);
  }

  private Set<Path> found() {
    Set<Path> found = new LinkedHashSet<>();
    for (String pattern : patterns) {
      try {
        found.addAll(PrometheusConfig.matches(Path.of(pattern).toAbsolutePath()));
      } catch (IOException e) {
        warn(pattern, e);
        found.addAll(files.keySet());
      }
    }
    return found;
  }

  private @Nullable Known current(Path file) {
    Known before = files.get(file);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      FileTime time = Files.getLastModifiedTime(file);
      long bytes = Files.size(file);
      if (before != null
          && before.time().equals(time)
          && before.bytes() == bytes
          && nanos.getAsLong() - before.readNanos() < interval.toNanos()) {
        return before;
      }
      return new Known(time, bytes, nanos.getAsLong(), read(file));
    } catch (IOException | OrielException e) {
      warn(file.toString(), e);
      return before;
    }
  }

  private static List<String> read(Path file) throws IOException {
    ConfigDocument document =
        ConfigDocument.parseList(file.toString(), Files.readString(file), "groups");
    List<String> addresses = new ArrayList<>();
    for (ConfigMap group : document.root().maps("groups")) {
      group.stringMap("labels");
      addresses.addAll(group.strings("targets"));
    }
    document.check();
    return addresses;
  }

  private static void warn(String file, Exception e) {
    LOG.atWarn()
        .addKeyValue("file", file)
        .addKeyValue("reason", e.getMessage())
        .log("cannot read endpoint file, keeping its earlier endpoints");
  }
}
