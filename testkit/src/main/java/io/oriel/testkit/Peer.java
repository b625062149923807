package io.oriel.testkit;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A running upstream program on the other side of a test, which ends when it is closed.
///
/// Programs are looked for in `-Doriel.peers=DIR` and on the PATH; a test that needs one is
/// skipped, visibly, where it is absent.
public final class Peer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private static final long LOOK_MILLIS = 50;

  private final Process process;
  private final Path log;

  private Peer(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Where a program is, if it is.
  public static Optional<Path> find(String program) {
    return Stream.concat(
            Stream.ofNullable(System.getProperty("oriel.peers")),
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)))
        .map(place -> Path.of(place, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Where a program is; aborts the calling test when it is not there.
  public static Path require(String program) {
    Optional<Path> found = find(program);
    Assumptions.assumeTrue(
        found.isPresent(), () -> "no " + program + " on PATH or in -Doriel.peers");
    return found.orElseThrow();
  }

  /// A loopback address, `host:port`, where nobody listens now.
  public static String freeAddress() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + free.getLocalPort();
    }
  }

  /// Starts a program.
  ///
  /// @param log takes all that it says
  public static Peer start(Path log, String program, String... arguments) throws IOException {
    return new Peer(builder(log, program, arguments).start(), log);
  }

  private static ProcessBuilder builder(Path log, String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(require(program).toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
  }

  /// Runs a program to its end and returns what it said.
  ///
  /// @throws AssertionError when it fails or hangs
  public static String run(Path log, String program, String... arguments)
      throws IOException, InterruptedException {
    try (Peer peer = start(log, program, arguments)) {
      if (!peer.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(program + " hangs: " + peer.log());
      }
      if (peer.process.exitValue() != 0) {
        throw new AssertionError(
            program + " ended with " + peer.process.exitValue() + ": " + peer.log());
      }
      return peer.log();
    }
  }

  /// Waits until it has said {@code text}.
  ///
  /// @throws AssertionError when it ends or falls silent before
  public void awaitLog(String text) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!log().contains(text)) {
      if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > until) {
        throw new AssertionError("want \"" + text + "\", got: " + log());
      }
    }
  }

  /// What it has said so far.
  public String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
