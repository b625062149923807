package io.oriel.app.host;

import java.io.IOException;
import java.util.regex.Pattern;

/// Memory.
final class MemoryParts {
  private static final Pattern VMSTAT = Pattern.compile("^(oom_kill|pgpg|pswp|pg.*fault).*");

  private MemoryParts() {}

  static void meminfo(Proc proc, Families into) throws IOException {
    for (String line : proc.lines("meminfo")) {
      String[] words = Proc.words(line);
      boolean kilobytes = words.length > 2 && words[2].equals("kB");
      String name = words[0].substring(0, words[0].length() - 1).replaceAll("\\((.*)\\)", "_$1");
      into.gauge(
          "node_memory_" + name + (kilobytes ? "_bytes" : ""),
          "Memory information field " + name + ".",
          Proc.number(words[1]) * (kilobytes ? 1024 : 1));
    }
  }

  static void vmstat(Proc proc, Families into) throws IOException {
    for (String line : proc.lines("vmstat")) {
      String[] words = Proc.words(line);
      if (VMSTAT.matcher(words[0]).matches()) {
        into.gauge(
            "node_vmstat_" + words[0],
            "/proc/vmstat information field " + words[0] + ".",
            Proc.number(words[1]));
      }
    }
  }
}
