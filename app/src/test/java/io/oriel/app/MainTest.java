package io.oriel.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
  /// Upstream's switches are undone with `--no-`, whatever dots they have.
  @Test
  void switchesWithDotsCanBeNegated() {
    assertEquals(true, partial());
    assertEquals(true, partial("--query.partial-response"));
    assertEquals(false, partial("--no-query.partial-response"));
  }

  private static boolean partial(String... flags) {
    List<String> call = new ArrayList<>(List.of("query"));
    call.addAll(List.of(flags));
    return Main.commandLine()
        .parseArgs(call.toArray(new String[0]))
        .subcommand()
        .matchedOptionValue("--query.partial-response", true);
  }
}
