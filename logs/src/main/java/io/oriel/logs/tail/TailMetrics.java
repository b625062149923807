package io.oriel.logs.tail;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What reading counts. Thread-safe.
public final class TailMetrics {
  final Counter lines;
  final Counter bytes;
  final Counter truncatedLines;
  final Counter nulBytes;
  final Counter opened;
  final Counter closed;
  final Counter emptied;
  final Counter errors;
  final Counter scans;
  final Gauge open;

  public TailMetrics(PrometheusRegistry registry) {
    lines =
        Counter.builder()
            .name("oriel_ship_lines_read_total")
            .help("Lines read from files.")
            .register(registry);
    bytes =
        Counter.builder()
            .name("oriel_ship_bytes_read_total")
            .help("Bytes of lines read from files, decompressed.")
            .register(registry);
    truncatedLines =
        Counter.builder()
            .name("oriel_ship_lines_truncated_total")
            .help("Lines longer than allowed, of which only the beginning was shipped.")
            .register(registry);
    nulBytes =
        Counter.builder()
            .name("oriel_ship_nul_bytes_skipped_total")
            .help("NUL bytes before lines, as a file emptied under its writer has them.")
            .register(registry);
    opened =
        Counter.builder()
            .name("oriel_ship_files_opened_total")
            .help("Files opened for reading.")
            .register(registry);
    closed =
        Counter.builder()
            .name("oriel_ship_files_closed_total")
            .help("Files closed, by why.")
            .labelNames("reason")
            .register(registry);
    emptied =
        Counter.builder()
            .name("oriel_ship_files_truncated_total")
            .help("Files found emptied and begun anew.")
            .register(registry);
    errors =
        Counter.builder()
            .name("oriel_ship_file_errors_total")
            .help("Files that could not be read; they are tried again.")
            .register(registry);
    scans =
        Counter.builder()
            .name("oriel_ship_scans_total")
            .help("Looks for files.")
            .register(registry);
    open =
        Gauge.builder()
            .name("oriel_ship_files_open")
            .help("Files open for reading now.")
            .register(registry);
  }

  /// Lines read since the start.
  public long linesRead() {
    return (long) lines.get();
  }
}
