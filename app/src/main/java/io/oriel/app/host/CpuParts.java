package io.oriel.app.host;

import java.io.IOException;

/// Processors and scheduling.
final class CpuParts {
  private static final double TICKS_PER_SECOND = 100;
  private static final String[] MODES = {
    "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"
  };

  private CpuParts() {}

  static void cpu(Proc proc, Families into) throws IOException {
    for (String line : proc.lines("stat")) {
      String[] words = Proc.words(line);
      if (!words[0].startsWith("cpu") || words[0].equals("cpu")) {
        continue;
      }
      String cpu = words[0].substring(3);
      for (int i = 0; i < MODES.length && i + 1 < words.length; i++) {
        into.counter(
            "node_cpu_seconds",
            "Seconds the CPUs spent in each mode.",
            Proc.number(words[i + 1]) / TICKS_PER_SECOND,
            "cpu",
            cpu,
            "mode",
            MODES[i]);
      }
      for (int i = 9; i <= 10 && i < words.length; i++) {
        into.counter(
            "node_cpu_guest_seconds",
            "Seconds the CPUs spent in guests (VMs) for each mode.",
            Proc.number(words[i]) / TICKS_PER_SECOND,
            "cpu",
            cpu,
            "mode",
            i == 9 ? "user" : "nice");
      }
    }
  }

  static void stat(Proc proc, Families into) throws IOException {
    for (String line : proc.lines("stat")) {
      String[] words = Proc.words(line);
      double value = words.length > 1 && !words[0].startsWith("cpu") ? Proc.number(words[1]) : 0;
      switch (words[0]) {
        case "intr" -> into.counter("node_intr", "Total number of interrupts serviced.", value);
        case "ctxt" ->
            into.counter("node_context_switches", "Total number of context switches.", value);
        case "processes" -> into.counter("node_forks", "Total number of forks.", value);
        case "btime" -> into.gauge("node_boot_time_seconds", "Node boot time, in unixtime.", value);
        case "procs_running" ->
            into.gauge("node_procs_running", "Number of processes in runnable state.", value);
        case "procs_blocked" ->
            into.gauge(
                "node_procs_blocked",
                "Number of processes blocked waiting for I/O to complete.",
                value);
        default -> {
          // per-CPU lines and softirq details are not exported
        }
      }
    }
  }

  static void load(Proc proc, Families into) throws IOException {
    String[] words = Proc.words(proc.text("loadavg"));
    into.gauge("node_load1", "1m load average.", Proc.number(words[0]));
    into.gauge("node_load5", "5m load average.", Proc.number(words[1]));
    into.gauge("node_load15", "15m load average.", Proc.number(words[2]));
  }

  /// Pressure stall information; `total=` is in microseconds.
  static void pressure(Proc proc, Families into) throws IOException {
    for (String resource : new String[] {"cpu", "io", "memory"}) {
      for (String line : proc.lines("pressure/" + resource)) {
        String kind = line.startsWith("some") ? "waiting" : "stalled";
        if (resource.equals("cpu") && kind.equals("stalled")) {
          continue;
        }
        double total = Proc.number(line.substring(line.indexOf("total=") + "total=".length()));
        into.counter(
            "node_pressure_" + resource + "_" + kind + "_seconds",
            "Total time in seconds that processes have waited for " + resource + ".",
            total / 1e6);
      }
    }
  }
}
