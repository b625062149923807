package io.oriel.logs.parse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Lines of container runtimes. CRI: `time stream tags text`, where the first tag is `P` for a
/// piece that goes on and `F` for a whole line or the last piece. Docker json-file: an object with
/// `log`, `stream`, `time`, where a `log` without a line feed at its end goes on.
///
/// A line in neither format is passed on as it is, with `error.message`.
final class ContainerStage implements Stage {
  private static final byte[] STDOUT = "stdout".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STDERR = "stderr".getBytes(StandardCharsets.US_ASCII);

  private final ParserConfig.Container config;
  private final ParseMetrics metrics;
  private final DockerLine docker = new DockerLine();
  private final Map<String, Pieces> pieces = new HashMap<>();

  /** How many of {@link #pieces} hold something; the usual zero costs no look-up. */
  private int holding;

  ContainerStage(ParserConfig.Container config, ParseMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
  }

  @Override
  public void accept(LogEvent event, Next next) {
    byte[] b = event.buffer();
    int from = event.from();
    boolean json =
        switch (config.format()) {
          case AUTO -> from < event.to() && b[from] == '{';
          case DOCKER -> true;
          case CRI -> false;
        };
    if (event.from() == event.to()) {
      metrics.drop("empty_line", 1);
    } else if (json) {
      docker(event, next);
    } else {
      cri(event, next);
    }
  }

  private void cri(LogEvent event, Next next) {
    byte[] b = event.buffer();
    int from = event.from();
    int to = event.to();
    int timeEnd = indexOf(b, from, Math.min(to, from + 40));
    int streamEnd = timeEnd < 0 ? -1 : indexOf(b, timeEnd + 1, Math.min(to, timeEnd + 8));
    if (streamEnd < 0) {
      corrupt(event, next);
      return;
    }
    int tagEnd = indexOf(b, streamEnd + 1, to);
    int tagTo = tagEnd < 0 ? to : tagEnd;
    String stream = stream(b, timeEnd + 1, streamEnd);
    boolean partial = streamEnd + 1 < tagTo && b[streamEnd + 1] == 'P';
    boolean whole = streamEnd + 1 < tagTo && b[streamEnd + 1] == 'F';
    boolean plainTag = tagTo == streamEnd + 2 || tagTo > streamEnd + 2 && b[streamEnd + 2] == ':';
    if (stream.isEmpty() || !(partial || whole) || !plainTag || !time(event, b, from, timeEnd)) {
      corrupt(event, next);
      return;
    }
    event.stream(stream);
    event.message(b, tagEnd < 0 ? to : tagEnd + 1, to);
    join(event, partial && !event.isTruncated(), next);
  }

  private static int indexOf(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (b[i] == ' ') {
        return i;
      }
    }
    return -1;
  }

  private static String stream(byte[] b, int from, int to) {
    if (Arrays.equals(b, from, to, STDOUT, 0, STDOUT.length)) {
      return "stdout";
    }
    return Arrays.equals(b, from, to, STDERR, 0, STDERR.length) ? "stderr" : "";
  }

  private static boolean time(LogEvent event, byte[] b, int from, int to) {
    if (Times.isUtc(b, from, to)) {
      event.time(b, from, to);
      return true;
    }
    var time = Times.parse(new String(b, from, to - from, StandardCharsets.ISO_8859_1));
    time.ifPresent(event::time);
    return time.isPresent();
  }

  private void docker(LogEvent event, Next next) {
    if (!docker.parse(event.buffer(), event.from(), event.to())) {
      corrupt(event, next);
      return;
    }
    if (docker.timeTo() > docker.timeFrom()) {
      time(event, event.buffer(), docker.timeFrom(), docker.timeTo());
    }
    event.stream(docker.stream());
    int length = docker.logLength();
    boolean partial = length == 0 || docker.log()[length - 1] != '\n';
    int end = partial ? length : length - 1;
    if (!partial && end > 0 && docker.log()[end - 1] == '\r') {
      end--;
    }
    event.message(docker.log(), 0, end);
    join(event, partial, next);
  }

  private void join(LogEvent event, boolean partial, Next next) {
    if (config.stream() != ParserConfig.Stream.ALL
        && !config.stream().name().equalsIgnoreCase(event.stream())) {
      metrics.drop("stream", 1);
      return;
    }
    if (!partial && holding == 0) {
      next.accept(event);
      return;
    }
    Pieces held = pieces.computeIfAbsent(event.stream(), _ -> new Pieces(config.maxBytes()));
    if (held.isEmpty() && !partial) {
      next.accept(event);
      return;
    }
    if (held.isEmpty()) {
      holding++;
    }
    held.add(event, "");
    if (!partial) {
      holding--;
      next.accept(held.take());
    }
  }

  private void corrupt(LogEvent event, Next next) {
    metrics.errors.labelValues("container").inc();
    event.merge(
        Map.of(
            "error",
            new HashMap<>(
                Map.of("type", "container", "message", "line is in no container format"))),
        false);
    next.accept(event);
  }

  @Override
  public void flush(Next next) {
    for (Pieces held : pieces.values()) {
      if (!held.isEmpty()) {
        next.accept(held.take());
      }
    }
    holding = 0;
  }

  @Override
  public long pendingLines() {
    return holding == 0 ? 0 : pieces.values().stream().mapToLong(Pieces::heldLines).sum();
  }

  @Override
  public long pendingFrom() {
    if (holding == 0) {
      return Long.MAX_VALUE;
    }
    return pieces.values().stream().mapToLong(Pieces::offset).min().orElse(Long.MAX_VALUE);
  }
}
