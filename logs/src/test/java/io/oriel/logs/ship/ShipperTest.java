package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.logs.parse.ParserConfig;
import io.oriel.logs.tail.TailConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipperTest {
  @TempDir Path dir;

  @Test
  void shipsContainerLinesWithTheirFields() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path log = dir.resolve("logs/app.log");
      Files.writeString(
          log,
          """
          2024-05-01T10:00:00.123456789Z stdout F hello
          2024-05-01T10:00:01.5Z stderr P wor
          2024-05-01T10:00:01.6Z stderr F ld "quoted"
          """);
      rig.start(
          ShipInput.of(
              "c",
              TailConfig.of(List.of(dir.resolve("logs/*.log").toString())),
              List.of(ParserConfig.Container.auto())));
      rig.sink.await(2, 20);

      List<BulkSink.Stored> stored = rig.sink.documents();
      assertEquals(2, stored.size());
      BulkSink.Stored first = stored.getFirst();
      assertEquals("hello", first.message());
      assertEquals("2024-05-01T10:00:00.123456789Z", first.at("@timestamp"));
      assertEquals("stdout", first.at("stream"));
      assertEquals("0", first.at("log.offset"));
      assertEquals(log.toString(), first.at("log.file.path"));
      assertEquals("world \"quoted\"", stored.get(1).message());
      assertEquals("logs-test", stored.getFirst().index());
      rig.stop();
      Accounting accounts = rig.accounts();
      assertEquals(0, accounts.linesMissing(), accounts::toString);
      assertEquals(0, accounts.eventsMissing(), accounts::toString);
      assertTrue(rig.sink.problems().isEmpty());
    }
  }
}
