package io.oriel.app.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostExporterTest {
  private static Map<String, Double> collect(Path proc) {
    Map<String, Double> values = new TreeMap<>();
    for (MetricSnapshot family : new HostExporter(proc).collect()) {
      String name = family.getMetadata().getName();
      if (family instanceof CounterSnapshot counter) {
        counter
            .getDataPoints()
            .forEach(point -> values.put(name + "_total" + point.getLabels(), point.getValue()));
      } else if (family instanceof GaugeSnapshot gauge) {
        gauge
            .getDataPoints()
            .forEach(point -> values.put(name + point.getLabels(), point.getValue()));
      }
    }
    return values;
  }

  @Test
  void readsProcUnderNodeExporterNames(@TempDir Path proc) throws Exception {
    Files.writeString(
        proc.resolve("stat"),
        """
        cpu  1 2 3 4 5 6 7 8 9 10
        cpu0 100 200 300 400 500 600 700 800 900 1000
        intr 12 3 4
        ctxt 34
        btime 1700000000
        processes 56
        procs_running 2
        procs_blocked 1
        softirq 1 2
        """);
    Files.writeString(proc.resolve("loadavg"), "0.50 0.40 0.30 1/100 1234\n");
    Files.writeString(
        proc.resolve("meminfo"), "MemTotal: 100 kB\nActive(anon): 7 kB\nHugePages_Total: 3\n");
    Files.createDirectories(proc.resolve("net"));
    Files.writeString(
        proc.resolve("net/dev"),
        "Inter-|\n face |\n  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
    Files.writeString(
        proc.resolve("diskstats"),
        "254 0 vda 1 2 4 3000 5 6 8 7000 0 9000 10000\n 254 1 vda1 1 2 4 3000 5 6 8 7000 0 9000 10000\n");

    Map<String, Double> values = collect(proc);

    assertEquals(4.0, values.get("node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"}"));
    assertEquals(34.0, values.get("node_context_switches_total{}"));
    assertEquals(1_700_000_000.0, values.get("node_boot_time_seconds{}"));
    assertEquals(0.4, values.get("node_load5{}"));
    assertEquals(102_400.0, values.get("node_memory_MemTotal_bytes{}"));
    assertEquals(7168.0, values.get("node_memory_Active_anon_bytes{}"));
    assertEquals(3.0, values.get("node_memory_HugePages_Total{}"));
    assertEquals(9.0, values.get("node_network_transmit_bytes_total{device=\"eth0\"}"));
    assertEquals(2048.0, values.get("node_disk_read_bytes_total{device=\"vda\"}"));
    assertTrue(values.keySet().stream().noneMatch(name -> name.contains("vda1")));
    assertEquals(1.0, values.get("node_scrape_collector_success{collector=\"cpu\"}"));
    assertEquals(0.0, values.get("node_scrape_collector_success{collector=\"vmstat\"}"));
  }

  @Test
  void readsThisMachine() {
    Map<String, Double> values = collect(Path.of("/proc"));

    assertTrue(values.containsKey("node_time_seconds{}"));
    assertTrue(values.size() > 14);
  }
}
