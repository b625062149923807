package io.oriel.app.host;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A collector over `/proc`. Thread-safe: every scrape reads anew.
public final class HostExporter implements MultiCollector {
  /// One part of what is read; a part that fails does not stop the others.
  @FunctionalInterface
  interface Part {
    void read(Proc proc, Families into) throws IOException;
  }

  private final Proc proc;
  private final Map<String, Part> parts = new LinkedHashMap<>();

  /// An exporter for the machine whose `/proc` is at {@code proc}.
  public HostExporter(Path proc) {
    this.proc = new Proc(proc);
    parts.put("cpu", CpuParts::cpu);
    parts.put("stat", CpuParts::stat);
    parts.put("loadavg", CpuParts::load);
    parts.put("pressure", CpuParts::pressure);
    parts.put("meminfo", MemoryParts::meminfo);
    parts.put("vmstat", MemoryParts::vmstat);
    parts.put("diskstats", DiskParts::diskstats);
    parts.put("filesystem", DiskParts::filesystems);
    parts.put("filefd", DiskParts::fileDescriptors);
    parts.put("netdev", NetworkParts::devices);
    parts.put("netstat", NetworkParts::netstat);
    parts.put("sockstat", NetworkParts::sockets);
    parts.put("uname", SystemParts::uname);
    parts.put("time", SystemParts::time);
  }

  @Override
  public MetricSnapshots collect() {
    Families families = new Families();
    parts.forEach(
        (name, part) -> {
          long start = System.nanoTime();
          boolean read = true;
          try {
            part.read(proc, families);
          } catch (IOException | RuntimeException _) {
            read = false;
          }
          families.gauge(
              "node_scrape_collector_duration_seconds",
              "Duration of a collector scrape.",
              (System.nanoTime() - start) / 1e9,
              "collector",
              name);
          families.gauge(
              "node_scrape_collector_success",
              "Whether a collector succeeded.",
              read ? 1 : 0,
              "collector",
              name);
        });
    return families.snapshots();
  }
}
