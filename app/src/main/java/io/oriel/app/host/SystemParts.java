package io.oriel.app.host;

import java.io.IOException;
import java.time.Instant;

/// The machine's name and clock.
final class SystemParts {
  private SystemParts() {}

  static void uname(Proc proc, Families into) throws IOException {
    into.gauge(
        "node_uname_info",
        "Labeled system information as provided by the uname system call.",
        1,
        "domainname",
        proc.text("sys/kernel/domainname"),
        "machine",
        machine(),
        "nodename",
        proc.text("sys/kernel/hostname"),
        "release",
        proc.text("sys/kernel/osrelease"),
        "sysname",
        proc.text("sys/kernel/ostype"),
        "version",
        proc.text("sys/kernel/version"));
  }

  private static String machine() {
    String architecture = System.getProperty("os.arch", "");
    return architecture.equals("amd64") ? "x86_64" : architecture;
  }

  static void time(Proc proc, Families into) {
    Instant now = Instant.now();
    into.gauge(
        "node_time_seconds",
        "System time in seconds since epoch (1970).",
        now.getEpochSecond() + now.getNano() / 1e9);
  }
}
