package io.oriel.app;

import picocli.CommandLine.Command;

/// The training run after a build: touches what a start touches, so that its classes land in the
/// AOT cache.
@Command(
    name = "warmup",
    hidden = true,
    description = "Exercises the start path; used by the launcher after a build.")
final class Warmup implements Runnable {
  @Override
  public void run() {
    Main.run("--version");
  }
}
