package io.oriel.app.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Applications that write and rotate their files; a shipper, a gateway and a search engine, each a
/// process of its own, that are killed and started again in random order. In the end every line is
/// in the engine exactly once, and the lines of a file are in their order.
///
/// `-Doriel.lines=1000000 -Doriel.seed=…` makes it long; a run of that length kills some fifty
/// times.
@Tag("it")
class LogTortureTest {
  private static final int WRITERS = 6;
  private static final int LINES = Integer.getInteger("oriel.lines", 12_000);

  /** Between two disturbances, on average. */
  private static final int LINES_A_KILL = Math.max(2_000, LINES / 50);

  @TempDir private Path directory;
  private final SplittableRandom random = Seed.random("log torture");

  @Test
  void everyLineIsFoundOnceAndInOrderWhoeverIsKilled() throws Exception {
    try (LogRig rig = new LogRig(directory, "")) {
      torture(rig);
    }
  }

  private void torture(LogRig rig) throws Exception {
    List<TortureWriter> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new TortureWriter(rig.logs, "app" + (char) ('a' + i), random.split()));
    }
    List<RoleProcess> roles = List.of(rig.search, rig.gateway, rig.ship);
    Map<String, Integer> acts = new TreeMap<>();
    int written = 0;
    int nextKill = LINES_A_KILL;
    while (written < LINES) {
      TortureWriter writer = writers.get(random.nextInt(WRITERS));
      int lines = Math.min(LINES - written, 1 + random.nextInt(600));
      writer.write(lines);
      written += lines;
      rotate(rig, writer, acts);
      if (written >= nextKill) {
        nextKill += 1 + random.nextInt(2 * LINES_A_KILL);
        disturb(roles.get(random.nextInt(roles.size())), roles, acts);
      }
    }
    for (RoleProcess role : roles) {
      revive(role);
    }

    FoundLines found = rig.drain(written);

    System.out.printf(
        Locale.ROOT,
        "log torture: %,d lines written, %,d found, %d missing, %d torn, %d twice, %d"
            + " out of order;"
            + " killed: search %d, gateway %d, ship %d; %s; seed %d%n",
        written,
        found.lines(),
        found.missing(writers).size(),
        found.torn().size(),
        found.twice().size(),
        found.disordered().size(),
        rig.search.kills(),
        rig.gateway.kills(),
        rig.ship.kills(),
        acts,
        Long.getLong("oriel.seed", 42L));
    Map<String, List<String>> wrong = new TreeMap<>();
    wrong.put("torn", found.torn());
    wrong.put("missing", FoundLines.ranges(found.missing(writers)));
    wrong.put("twice", FoundLines.ranges(found.twice()));
    wrong.put("out of order", found.disordered());
    wrong.values().removeIf(List::isEmpty);
    assertEquals(Map.of(), wrong, Seed.replay(0));
    assertEquals(written, found.lines());
  }

  private void rotate(LogRig rig, TortureWriter writer, Map<String, Integer> acts)
      throws Exception {
    String act =
        switch (random.nextInt(60)) {
          case 0, 1 -> {
            writer.rename();
            yield "rename";
          }
          case 2, 3 -> {
            writer.copyAndTruncate();
            yield "copytruncate";
          }
          case 4, 5 -> {
            writer.compress();
            yield "compress";
          }
          case 6 -> {
            if (!rig.everythingIsRead()) {
              yield "";
            }
            writer.truncate();
            yield "truncate";
          }
          default -> "";
        };
    if (!act.isEmpty()) {
      acts.merge(act, 1, Integer::sum);
    }
  }

  /// Kills one or starts it again; at times two are away together.
  private void disturb(RoleProcess role, List<RoleProcess> roles, Map<String, Integer> acts)
      throws Exception {
    if (!role.isRunning()) {
      revive(role);
      return;
    }
    if (random.nextInt(5) == 0) {
      role.stop();
      acts.merge("stop", 1, Integer::sum);
    } else {
      role.kill();
    }
    if (random.nextInt(2) == 0) {
      revive(role);
    } else if (roles.stream().filter(RoleProcess::isRunning).count() < 2) {
      for (RoleProcess each : roles) {
        revive(each);
      }
    }
  }

  private static void revive(RoleProcess role) throws IOException, InterruptedException {
    if (!role.isRunning()) {
      role.start();
      role.await();
    }
  }
}
