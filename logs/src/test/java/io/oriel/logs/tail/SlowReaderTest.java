package io.oriel.logs.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.disk.FileDisk;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are rotated while the only reading thread is busy with another one.
class SlowReaderTest {
  private static final String BUSY = "busy.log";

  @TempDir private Path directory;
  private final List<String> read = Collections.synchronizedList(new ArrayList<>());

  /** One for each time that the reader may leave the busy file. */
  private final Semaphore free = new Semaphore(0);

  /** One for each time that it has come there. */
  private final Semaphore caught = new Semaphore(0);

  private final class Sink implements LineSink {
    private final boolean busy;
    private final List<String> piece = new ArrayList<>();

    Sink(boolean busy) {
      this.busy = busy;
    }

    @Override
    public void line(byte[] buffer, int from, int to, long offset, long end, boolean truncated) {
      piece.add(new String(buffer, from, to - from, StandardCharsets.UTF_8));
    }

    @Override
    public long endPiece(long safe, int anchor, boolean last) throws InterruptedException {
      if (busy && !piece.isEmpty()) {
        caught.release();
        free.acquire();
      } else {
        read.addAll(piece);
      }
      piece.clear();
      return safe;
    }

    @Override
    public boolean hasPending() {
      return false;
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  private Tailer start(Registry registry) {
    TailConfig config =
        TailConfig.of(List.of(directory.resolve("*.log*").toString()))
            .withScanInterval(Duration.ofMillis(50));
    return Tailer.start(
        new Tailer.Setup(
            List.of(config),
            registry,
            file -> Optional.of(new Sink(file.path().endsWith(BUSY))),
            1,
            100,
            Duration.ofHours(1),
            InstantSource.system(),
            System::nanoTime,
            new SplittableRandom(1)),
        new TailMetrics(new PrometheusRegistry()));
  }

  private void append(String name, String text) throws IOException {
    Files.writeString(
        directory.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String lines(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append("line ").append(i).append(" ......................................\n");
    }
    return text.toString();
  }

  private void copyAndTruncate(int number) throws IOException {
    Path file = directory.resolve("a.log");
    Files.copy(file, directory.resolve("a.log." + number));
    Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING).close();
  }

  private void await(int count) throws InterruptedException {
    for (int i = 0; i < 1_000 && read.size() < count; i++) {
      Thread.sleep(10);
    }
  }

  private void check(int count) {
    List<Integer> numbers =
        read.stream().map(line -> Integer.parseInt(line.split(" ", -1)[1])).sorted().toList();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      expected.add(i);
    }
    assertEquals(expected, numbers);
  }

  /// The reader knows the file as empty, the look has seen lines in it, and before they are read
  /// they are only in the copy.
  @Test
  void whatWasSeenAndNotReadIsReadFromTheCopy() throws Exception {
    tail(
        tailer -> {
          append("a.log", "");
          tailer.lookNow();
          append("a.log", lines(0, 5));
          await(5);
          copyAndTruncate(1);
          tailer.lookNow();
          // the reader has found it empty
          Thread.sleep(300);
          keepBusy();

          append("a.log", lines(5, 32));
          tailer.lookNow();
          copyAndTruncate(2);
          tailer.lookNow();
          append("a.log", lines(32, 34));
          tailer.lookNow();
        });
  }

  /// What is open has other content and another name when its reader comes to it.
  @Test
  void whatWasEmptiedAndRenamedIsReadOnce() throws Exception {
    tail(
        tailer -> {
          append("a.log", lines(0, 5));
          await(5);
          keepBusy();

          copyAndTruncate(1);
          tailer.lookNow();
          append("a.log", lines(5, 32));
          Files.move(directory.resolve("a.log"), directory.resolve("a.log.2"));
          tailer.lookNow();
          append("a.log", lines(32, 34));
          tailer.lookNow();
        });
  }

  private interface Rotating {
    void with(Tailer tailer) throws IOException, InterruptedException;
  }

  private void keepBusy() throws IOException, InterruptedException {
    append(BUSY, "stay\n");
    caught.acquire();
  }

  /// Rotates while the reader is kept busy, then lets it go: there must be 34 lines, once each, and
  /// those that are appended afterwards.
  private void tail(Rotating rotating) throws Exception {
    try (Registry registry =
            Registry.open(new FileDisk(), Files.createDirectories(directory.resolve("registry")));
        Tailer tailer = start(registry)) {
      rotating.with(tailer);
      free.release(100);
      await(34);
      tailer.lookNow();
      append("a.log", lines(34, 40));
      await(40);
      TimeUnit.MILLISECONDS.sleep(300);
      check(40);
    }
  }
}
