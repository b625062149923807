package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path dir;

  /// In place of journalctl: prints entries from the one after the cursor on, then stays.
  private static final String SCRIPT =
      """
      from=1
      for a in "$@"; do
        case "$a" in --after-cursor=c*) from=$((${a#--after-cursor=c} + 1));; esac
      done
      echo "$@" >> %s
      i=$from
      while [ $i -le %d ]; do
        echo "{\\"__CURSOR\\":\\"c$i\\",\\"__REALTIME_TIMESTAMP\\":\\"1714557600123456\\",\\"MESSAGE\\":\\"m$i\\",\\"_SYSTEMD_UNIT\\":\\"a.service\\",\\"_PID\\":\\"7\\",\\"REQUEST\\":\\"r\\"}"
        i=$((i + 1))
      done
      exec sleep 600
      """;

  @Test
  void entriesAreShippedOnceAndTheCursorIsKept() throws Exception {
    Path calls = dir.resolve("calls");
    Path script = Files.writeString(dir.resolve("j.sh"), SCRIPT.formatted(calls, 40));
    try (ShipRig rig = new ShipRig(dir)) {
      JournalConfig journal =
          new JournalConfig(
              "j",
              List.of("sh", script.toString()),
              List.of("--unit=a"),
              false,
              List.of(),
              Map.of());
      rig.change = c -> c.withJournals(List.of(journal));
      rig.start();
      rig.sink.await(40, 20);
      rig.stop();
      assertEquals(0, rig.accounts().linesMissing(), rig.accounts()::toString);
      Files.writeString(script, SCRIPT.formatted(calls, 60));
      rig.start();
      rig.sink.await(60, 20);

      assertEquals(60, rig.sink.count());
      BulkSink.Stored first = rig.sink.documents().getFirst();
      assertEquals("m1", first.message());
      assertEquals("2024-05-01T10:00:00.123456Z", first.at("@timestamp"));
      assertEquals("a.service", first.at("systemd.unit"));
      assertEquals("r", first.at("journald.custom.request"));
      assertEquals("journald", first.at("input.type"));
      List<String> asked = Files.readAllLines(calls);
      assertTrue(asked.getFirst().contains("--no-tail --unit=a"), asked::toString);
      assertTrue(asked.getLast().contains("--after-cursor=c40"), asked::toString);
    }
  }
}
