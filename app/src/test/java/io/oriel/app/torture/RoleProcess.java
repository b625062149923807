package io.oriel.app.torture;

import io.oriel.app.Main;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A role in a process of its own, as `oriel ROLE …` starts it. It can be killed and started again.
final class RoleProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 180;

  final String role;
  private final List<String> arguments;
  private final URI alive;
  private final Path log;
  private final HttpClient client;
  private @Nullable Process process;
  private int kills;

  /// @param alive what it answers with success when it runs
  /// @param log takes all that it says, of all its lives
  RoleProcess(String role, List<String> arguments, URI alive, Path log, HttpClient client) {
    this.role = role;
    this.arguments = List.copyOf(arguments);
    this.alive = alive;
    this.log = log;
    this.client = client;
  }

  boolean isRunning() {
    return process != null;
  }

  int kills() {
    return kills;
  }

  /// Starts it; it may not be ready yet.
  void start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx512m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName(),
            role));
    command.addAll(arguments);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  /// Waits until it is there.
  void await() throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!isAlive()) {
      Process now = process;
      if (now == null || !now.isAlive() || System.nanoTime() - until > 0) {
        throw new AssertionError(role + " does not serve: " + Files.readString(log));
      }
      Thread.sleep(50);
    }
  }

  boolean isAlive() throws InterruptedException {
    try {
      return client.send(HttpRequest.get(alive).withTimeout(Duration.ofSeconds(5))).isSuccess();
    } catch (IOException | RuntimeException _) {
      return false;
    }
  }

  /// `kill -9`.
  void kill() throws InterruptedException {
    end(true);
    kills++;
  }

  /// Asks it to stop and waits.
  void stop() throws InterruptedException {
    end(false);
  }

  private void end(boolean force) throws InterruptedException {
    Process now = process;
    process = null;
    if (now != null) {
      Process _ = force ? now.destroyForcibly() : null;
      now.destroy();
      if (!now.waitFor(30, TimeUnit.SECONDS)) {
        now.destroyForcibly().waitFor();
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    end(true);
  }
}
