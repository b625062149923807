package io.oriel.app;

import java.util.Map;
import picocli.CommandLine;

/// The program's commands, for tests in other packages.
public final class CommandLines {
  private CommandLines() {}

  /// Every command by its name.
  public static Map<String, CommandLine> all() {
    return Main.commandLine().getSubcommands();
  }
}
