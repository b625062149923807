package io.oriel.benchmarks.gateway;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// CPU that the process' living threads have taken, in nanoseconds, as Linux tells it.
///
/// @param serving all threads but those of the two others
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
    return new ThreadTimes(sums[0], sums[1], sums[2]);
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
