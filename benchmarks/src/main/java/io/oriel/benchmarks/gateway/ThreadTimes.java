package io.oriel.benchmarks.gateway;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// CPU that the process has taken, in nanoseconds, as Linux tells it. Threads that have ended
/// count; compilers that have ended would count as serving, so run with
/// `-XX:-UseDynamicNumberOfCompilerThreads`.
///
/// @param serving all of the process but the two others
/// @param compiling of the just-in-time compilers
/// @param collecting of the collector and the virtual machine itself
record ThreadTimes(long serving, long compiling, long collecting) {
  static final ThreadTimes NONE = new ThreadTimes(0, 0, 0);

  static ThreadTimes now() throws IOException {
    long[] sums = new long[3];
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        try {
          String times = Files.readString(task.resolve("schedstat"));
          long nanos = Long.parseLong(times.substring(0, times.indexOf(' ')));
          sums[kind(Files.readString(task.resolve("comm")))] += nanos;
        } catch (NoSuchFileException _) {
          // it ended meanwhile
        }
      }
    }
    return new ThreadTimes(process() - sums[1] - sums[2], sums[1], sums[2]);
  }

  private static long process() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static int kind(String name) {
    if (name.startsWith("C1 ") || name.startsWith("C2 ")) {
      return 1;
    }
    return name.startsWith("GC ") || name.startsWith("G1 ") || name.startsWith("VM ") ? 2 : 0;
  }

  ThreadTimes plus(ThreadTimes other) {
    return new ThreadTimes(
        serving + other.serving, compiling + other.compiling, collecting + other.collecting);
  }

  ThreadTimes minus(ThreadTimes other) {
    return new ThreadTimes(
        serving - other.serving, compiling - other.compiling, collecting - other.collecting);
  }
}
