package io.oriel.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
  /// Upstream's switches are undone with `--no-`, whatever dots they have.
  @Test
  void switchesWithDotsCanBeNegated() {
    assertEquals(true, value("query", "--query.partial-response"));
    assertEquals(true, value("query", "--query.partial-response", "--query.partial-response"));
    assertEquals(false, value("query", "--query.partial-response", "--no-query.partial-response"));
    assertEquals(false, value("search", "--logs.template", "--no-logs.template"));
    assertEquals(true, value("search", "--logs.template", "--logs.template"));
  }

  private static boolean value(String command, String name, String... flags) {
    List<String> call = new ArrayList<>(List.of(command));
    call.addAll(List.of(flags));
    return Main.commandLine()
        .parseArgs(call.toArray(new String[0]))
        .subcommand()
        .matchedOptionValue(name, true);
  }
}
