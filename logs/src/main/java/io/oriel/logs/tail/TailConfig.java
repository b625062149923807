package io.oriel.logs.tail;

import com.google.re2j.Pattern;
import java.time.Duration;
import java.util.List;

/// Which files one input reads, and how. Durations of zero mean never.
///
/// @param ignoreOlder files unchanged for longer are not begun
public record TailConfig(
    Where where, Reading reading, Closing closing, Duration ignoreOlder, Duration scanInterval) {
  /// @param paths patterns with `*`, `?`, `[a-z]` and `**`
  /// @param include a path must match one of them, if there are any
  /// @param exclude a path must match none of them
  /// @param symlinks whether symbolic links are followed
  public record Where(
      List<String> paths,
      boolean recursive,
      List<Pattern> include,
      List<Pattern> exclude,
      boolean symlinks) {
    public Where {
      paths = List.copyOf(paths);
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
    }
  }

  /// @param maxLineBytes what is longer is cut, and said to be
  public record Reading(Encoding encoding, LineEnd lineEnd, int maxLineBytes) {}

  /// When an open file is closed once it is read to its end.
  ///
  /// @param afterInterval so long after it was opened, also before its end
  public record Closing(
      Duration inactive, boolean removed, boolean renamed, boolean eof, Duration afterInterval) {}

  /// Filebeat's defaults for these paths.
  public static TailConfig of(List<String> paths) {
    return new TailConfig(
        new Where(paths, true, List.of(), List.of(), false),
        new Reading(Encoding.PLAIN, LineEnd.AUTO, 10 << 20),
        new Closing(Duration.ofMinutes(5), true, false, false, Duration.ZERO),
        Duration.ZERO,
        Duration.ofSeconds(10));
  }

  /// The same, following symbolic links or not.
  public TailConfig withSymlinks(boolean follow) {
    return new TailConfig(
        new Where(where.paths, where.recursive, where.include, where.exclude, follow),
        reading,
        closing,
        ignoreOlder,
        scanInterval);
  }

  /// The same with another way of reading.
  public TailConfig withReading(Reading other) {
    return new TailConfig(where, other, closing, ignoreOlder, scanInterval);
  }

  /// The same with other reasons to close.
  public TailConfig withClosing(Closing other) {
    return new TailConfig(where, reading, other, ignoreOlder, scanInterval);
  }

  /// The same, looking for files so often.
  public TailConfig withScanInterval(Duration interval) {
    return new TailConfig(where, reading, closing, ignoreOlder, interval);
  }

  /// The same with another age from which files are not begun.
  public TailConfig withIgnoreOlder(Duration age) {
    return new TailConfig(where, reading, closing, age, scanInterval);
  }
}
