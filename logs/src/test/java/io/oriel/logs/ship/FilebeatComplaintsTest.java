package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.logs.parse.ParserConfig;
import io.oriel.logs.tail.Encoding;
import io.oriel.logs.tail.FileEntry;
import io.oriel.logs.tail.LineEnd;
import io.oriel.logs.tail.TailConfig;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Filebeat's users complain about, one by one (reference, section 8), and what else a tailer
/// must get right.
class FilebeatComplaintsTest {
  @TempDir Path dir;

  private static void append(Path file, String text) throws Exception {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String lines(String name, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(name).append(' ').append(i).append(" ................................\n");
    }
    return text.toString();
  }

  private static ShipInput all(ShipRig rig) {
    return ShipInput.of("all", rig.tail("*.log*"), List.of());
  }

  private static void expect(ShipRig rig, int count) throws Exception {
    rig.shipper().lookNow();
    rig.sink.await(count, 20);
    rig.shipper().lookNow();
    assertEquals(count, rig.sink.count());
    long distinct = rig.sink.documents().stream().map(BulkSink.Stored::message).distinct().count();
    assertEquals(count, distinct);
  }

  /// beats #30061, #36541: filestream sends whole files again after a restart.
  @Test
  void aRestartSendsNothingAgain() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      append(rig.logs.resolve("a.log"), lines("a", 0, 100));
      rig.start(all(rig));
      expect(rig, 100);
      long requests = rig.sink.requests();
      rig.stop();
      rig.start(all(rig));
      rig.shipper().lookNow();
      append(rig.logs.resolve("a.log"), lines("a", 100, 101));
      expect(rig, 101);
      assertTrue(rig.sink.requests() <= requests + 1);
    }
  }

  /// beats #39731, #45300: copytruncate doubles or loses lines.
  @Test
  void copytruncateNeitherDoublesNorLoses() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path log = rig.logs.resolve("a.log");
      append(log, lines("a", 0, 100));
      rig.start(all(rig));
      expect(rig, 100);
      rig.stop();
      append(log, lines("a", 100, 150));
      Files.copy(log, rig.logs.resolve("a.log.1"));
      Files.newOutputStream(log, StandardOpenOption.TRUNCATE_EXISTING).close();
      append(log, lines("a", 150, 170));
      rig.start(all(rig));
      expect(rig, 170);
    }
  }

  /// beats #38070, #36541: a truncation is found but not kept, and found again after a restart.
  @Test
  void aTruncationIsDurableAtOnce() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path log = rig.logs.resolve("a.log");
      append(log, lines("old", 0, 50));
      rig.start(all(rig));
      expect(rig, 50);
      Files.newOutputStream(log, StandardOpenOption.TRUNCATE_EXISTING).close();
      rig.shipper().lookNow();
      List<FileEntry> live = live(rig);
      for (int i = 0; i < 1_000 && live.getFirst().generation() == 0; i++) {
        // the look wakes a reading thread, which finds it
        rig.shipper().lookNow();
        live = live(rig);
      }
      assertEquals(1, live.size());
      assertEquals(1, live.getFirst().generation());
      assertEquals(0, live.getFirst().offset());
      rig.stop();
      append(log, lines("new", 0, 60));
      rig.start(all(rig));
      expect(rig, 110);
    }
  }

  private static List<FileEntry> live(ShipRig rig) {
    return rig.shipper().files().stream()
        .filter(entry -> entry.state() == FileEntry.State.LIVE)
        .toList();
  }

  /// beats #34419: an inode is used again for another file, whose beginning is then skipped.
  @Test
  void anotherFileInTheSameInodeIsAnotherFile() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path first = rig.logs.resolve("first.log");
      append(first, lines("first", 0, 100));
      rig.start(all(rig));
      expect(rig, 100);
      rig.stop();
      // the strongest case: it is the same inode, under another name, with other content
      Path second = rig.logs.resolve("second.log");
      Files.move(first, second);
      Files.writeString(second, lines("second", 0, 150));
      rig.start(all(rig));
      expect(rig, 250);
    }
  }

  /// The default of 9.x: files of less than 1024 bytes are not read at all.
  @Test
  void aSmallFileIsReadAndGrowsIntoItsFingerprint() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path log = rig.logs.resolve("a.log");
      append(log, "tiny 1\n");
      append(rig.logs.resolve("b.log"), "tiny 1 of b\n");
      rig.start(all(rig));
      expect(rig, 2);
      append(log, lines("a", 0, 100));
      expect(rig, 102);
      Files.move(log, rig.logs.resolve("a.log.1"));
      append(log, "tiny 2\n");
      expect(rig, 103);
    }
  }

  /// beats #24208: a container starts, and there are doubles and errors.
  @Test
  void aFileThatAppearsWhileItIsWrittenIsReadOnce() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      rig.start(all(rig));
      for (int i = 0; i < 20; i++) {
        append(rig.logs.resolve("c" + i % 4 + ".log"), lines("c" + i, 0, 3));
      }
      expect(rig, 60);
      assertEquals(4, rig.shipper().files().size());
    }
  }

  /// "Hard rejects are dropped silently": here they are kept, counted, and told why.
  @Test
  void whatTheEngineNeverTakesIsKeptAndCounted() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      append(rig.logs.resolve("a.log"), "good\nPOISON pill\nbetter\n");
      rig.start(all(rig));
      expect(rig, 2);
      rig.stop();
      assertEquals(1, rig.accounts().eventsDead());
      assertEquals(0, rig.accounts().eventsMissing(), rig.accounts()::toString);
      String dead = Files.readString(dir.resolve("data/dead-letters/dead-letters.ndjson"));
      assertTrue(dead.contains("\"status\":400"), dead);
      assertTrue(dead.contains("mapper_parsing_exception"), dead);
      assertTrue(dead.contains("POISON pill"), dead);
    }
  }

  @Test
  void oneEventThatIsTooLargeHoldsNothingUp() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      rig.sink.faults(new BulkSink.Faults(0, 0, 0, 0, 0, 5_000), new java.util.SplittableRandom(1));
      append(
          rig.logs.resolve("a.log"),
          lines("a", 0, 50) + "L".repeat(9_000) + "\n" + lines("a", 50, 100));
      rig.start(all(rig));
      expect(rig, 100);
      rig.stop();
      assertEquals(1, rig.accounts().eventsDead());
      assertTrue(
          Files.readString(dir.resolve("data/dead-letters/dead-letters.ndjson"))
              .contains("too_large"));
    }
  }

  @Test
  void gzipOfWhatWasShippedIsNotShippedAgain() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path log = rig.logs.resolve("a.log");
      append(log, lines("a", 0, 100));
      rig.start(all(rig));
      expect(rig, 100);
      rig.stop();
      append(log, lines("a", 100, 120));
      byte[] whole = Files.readAllBytes(log);
      try (OutputStream out =
          new GZIPOutputStream(Files.newOutputStream(rig.logs.resolve("a.log.1.gz")))) {
        out.write(whole);
      }
      Files.delete(log);
      rig.start(all(rig));
      expect(rig, 120);
      rig.stop();
      rig.start(all(rig));
      expect(rig, 120);
    }
  }

  @Test
  void aDeletedFileIsReadToItsEndThroughTheOpenHandle() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path log = rig.logs.resolve("a.log");
      rig.sink.stop();
      append(log, lines("a", 0, 3000) + "the end");
      rig.start(all(rig));
      rig.shipper().lookNow();
      Files.delete(log);
      rig.shipper().lookNow();
      rig.clock.advance(Duration.ofSeconds(10));
      rig.sink.start();
      rig.shipper().lookNow();
      rig.sink.await(3001, 20);
      assertEquals(3001, rig.sink.count());
      assertTrue(rig.sink.documents().stream().anyMatch(one -> one.message().equals("the end")));
    }
  }

  @Test
  void aSymbolicLinkThatLeadsElsewhereIsFollowed() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path real = Files.createDirectories(dir.resolve("real"));
      append(real.resolve("1.log"), lines("one", 0, 40));
      append(real.resolve("2.log"), lines("two", 0, 50));
      Path link = rig.logs.resolve("current.log");
      Files.createSymbolicLink(link, real.resolve("1.log"));
      rig.start(ShipInput.of("l", rig.tail("*.log").withSymlinks(true), List.of()));
      expect(rig, 40);
      Files.delete(link);
      Files.createSymbolicLink(link, real.resolve("2.log"));
      expect(rig, 90);
    }
  }

  @Test
  void holesLongLinesAndMissingEnds() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path log = rig.logs.resolve("a.log");
      TailConfig tail =
          rig.tail("*.log")
              .withReading(new TailConfig.Reading(Encoding.PLAIN, LineEnd.AUTO, 600_000));
      append(log, "first\r\n" + "\0".repeat(700_000) + "after the hole\n");
      append(log, "L".repeat(800_000) + "\nlast line\nunfinished");
      rig.start(ShipInput.of("a", tail, List.of()));
      expect(rig, 4);
      List<BulkSink.Stored> stored = rig.sink.documents();
      assertEquals("first", stored.getFirst().message());
      assertEquals("after the hole", stored.get(1).message());
      assertEquals("700007", stored.get(1).at("log.offset"));
      assertEquals(600_000, stored.get(2).message().length());
      assertEquals("[truncated]", stored.get(2).at("log.flags"));
      append(log, " no more\n");
      expect(rig, 5);
      assertEquals("unfinished no more", rig.sink.documents().get(4).message());
    }
  }

  @Test
  void encodingsBecomeUtf8() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Files.write(rig.logs.resolve("u.log"), "\uFEFFäöü\n日本\n".getBytes(StandardCharsets.UTF_16LE));
      TailConfig tail =
          rig.tail("*.log")
              .withReading(
                  new TailConfig.Reading(
                      Encoding.ofWord("utf-16le-bom").orElseThrow(), LineEnd.AUTO, 1000));
      rig.start(ShipInput.of("u", tail, List.of()));
      expect(rig, 2);
      assertEquals("äöü", rig.sink.documents().getFirst().message());
      assertEquals("日本", rig.sink.documents().get(1).message());
    }
  }

  @Test
  void anUnfinishedEventIsNotLostByARestart() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      Path log = rig.logs.resolve("a.log");
      ShipInput input =
          ShipInput.of(
              "m",
              rig.tail("*.log"),
              List.of(
                  ParserConfig.Multiline.of(
                      new ParserConfig.Grouping.ByPattern(
                          com.google.re2j.Pattern.compile("^ "), false, true))));
      append(log, "one\n two\nthree\n four\n");
      rig.start(input);
      rig.sink.await(1, 20);
      rig.stop();
      assertEquals(0, rig.accounts().linesMissing(), rig.accounts()::toString);
      rig.start(input);
      append(log, " five\nsix\n");
      rig.sink.await(2, 20);
      assertEquals("three\n four\n five", rig.sink.documents().get(1).message());
      assertEquals("9", rig.sink.documents().get(1).at("log.offset"));
    }
  }

  @Test
  void fewHandlesServeManyFiles() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      rig.change =
          c ->
              c.withRunning(
                  new ShipConfig.Running(2, 3, Duration.ofHours(1), Duration.ofSeconds(5), true));
      for (int i = 0; i < 20; i++) {
        append(rig.logs.resolve("f" + i + ".log"), lines("f" + i, 0, 10));
      }
      rig.start(all(rig));
      for (int i = 0; i < 60 && rig.sink.count() < 200; i++) {
        rig.shipper().lookNow();
      }
      expect(rig, 200);
    }
  }

  @Test
  void theSpoolFillsAndNothingIsLost() throws Exception {
    try (ShipRig rig = new ShipRig(dir)) {
      rig.change =
          c ->
              c.withSpool(
                  new io.oriel.logs.spool.SpoolConfig(
                      300_000, 50_000, io.oriel.logs.spool.SpoolConfig.WhenFull.BLOCK));
      rig.sink.stop();
      for (int i = 0; i < 10; i++) {
        append(rig.logs.resolve("a" + i + ".log"), lines("a" + i, 0, 500));
      }
      rig.start(all(rig));
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (rig.shipper().fill().bytes() < 200_000 && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertTrue(rig.shipper().fill().bytes() > 200_000, () -> rig.shipper().fill().toString());
      assertFalse(rig.shipper().behind().isEmpty());
      rig.sink.start();
      expect(rig, 5000);
      rig.stop();
      assertEquals(0, rig.accounts().linesMissing(), rig.accounts()::toString);
      assertEquals(0, rig.accounts().eventsMissing(), rig.accounts()::toString);
    }
  }
}
