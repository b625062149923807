package io.oriel.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/// The program's commands, for tests in other packages.
public final class CommandLines {
  private CommandLines() {}

  /// Every command by its name.
  public static Map<String, CommandLine> all() {
    return Main.commandLine().getSubcommands();
  }

  /// What a command line prints.
  public static String run(String... words) {
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(out));
    line.execute(words);
    return out.toString();
  }
}
