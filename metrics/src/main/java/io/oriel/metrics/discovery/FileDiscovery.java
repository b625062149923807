package io.oriel.metrics.discovery;

import io.oriel.metrics.config.DiscoveryConfig;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Targets in JSON and YAML files, read when they change and again at every refresh interval,
/// because a watch may miss a change. A file that is not valid keeps its earlier targets.
final class FileDiscovery implements Discovery {
  private static final Logger LOG = LoggerFactory.getLogger(FileDiscovery.class);

  /** Editors and ConfigMaps change a file in several steps; all of them are one change. */
  private static final long SETTLE_MILLIS = 50;

  private final DiscoveryConfig.FileBased config;
  private final DiscoveryMetrics metrics;
  private Map<Path, Integer> groupsPerFile = new HashMap<>();

  FileDiscovery(DiscoveryConfig.FileBased config, DiscoveryMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
  }

  @Override
  public void run(TargetGroupSink sink) throws InterruptedException {
    try (WatchService watch = FileSystems.getDefault().newWatchService()) {
      Set<Path> watched = new HashSet<>();
      while (true) {
        watchDirectories(watch, watched);
        refresh(sink);
        WatchKey key = watch.poll(config.refreshMillis(), TimeUnit.MILLISECONDS);
        while (key != null) {
          key.pollEvents();
          if (!key.reset()) {
            watched.clear();
          }
          key = watch.poll(SETTLE_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } catch (ClosedWatchServiceException | IOException e) {
      metrics.fileErrors.inc();
      LOG.atError().addKeyValue("error", e.getMessage()).log("cannot watch target files");
    }
  }

  private void watchDirectories(WatchService watch, Set<Path> watched) throws IOException {
    for (String pattern : config.files()) {
      Path directory = Path.of(pattern).getParent();
      if (directory != null && Files.isDirectory(directory) && watched.add(directory)) {
        directory.register(
            watch,
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_MODIFY,
            StandardWatchEventKinds.ENTRY_DELETE);
      }
    }
  }

  private void refresh(TargetGroupSink sink) {
    Map<Path, Integer> now = new HashMap<>();
    for (Path file : files()) {
      int before = groupsPerFile.getOrDefault(file, 0);
      try {
        List<TargetGroup> groups = read(file);
        groups.forEach(sink::update);
        remove(sink, file, groups.size(), before);
        now.put(file, groups.size());
      } catch (IOException | OrielException e) {
        now.put(file, before);
        metrics.fileErrors.inc();
        LOG.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("error", e.getMessage())
            .log("cannot read target file; keeping its earlier targets");
      }
    }
    groupsPerFile.forEach(
        (file, count) -> {
          if (!now.containsKey(file)) {
            remove(sink, file, 0, count);
          }
        });
    groupsPerFile = now;
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (String pattern : config.files()) {
      try {
        files.addAll(PrometheusConfig.matches(Path.of(pattern)));
      } catch (IOException e) {
        metrics.fileErrors.inc();
        LOG.atWarn()
            .addKeyValue("file", pattern)
            .addKeyValue("error", e.getMessage())
            .log("cannot list target files; keeping their earlier targets");
        files.addAll(groupsPerFile.keySet());
      }
    }
    return files;
  }

  private static List<TargetGroup> read(Path file) throws IOException {
    return TargetGroupReader.read(
        file.toString(),
        Files.readString(file),
        i -> source(file, i),
        Labels.of("__meta_filepath", file.toString()));
  }

  private static void remove(TargetGroupSink sink, Path file, int from, int to) {
    for (int i = from; i < to; i++) {
      sink.update(new TargetGroup(source(file, i), List.of(), Labels.empty()));
    }
  }

  private static String source(Path file, int i) {
    return file + ":" + i;
  }
}
