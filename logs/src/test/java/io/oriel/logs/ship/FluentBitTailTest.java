package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import io.oriel.logs.parse.JsonTree;
import io.oriel.logs.parse.ParserConfig;
import io.oriel.logs.tail.Encoding;
import io.oriel.logs.tail.LineEnd;
import io.oriel.logs.tail.TailConfig;
import io.oriel.testkit.Conformance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fluent Bit's tail cases: encodings, docker mode, multiline.
class FluentBitTailTest {
  @TempDir Path dir;

  private List<String> ship(String name, String encoding, ParserConfig... parsers)
      throws Exception {
    Path log = Conformance.require("logs/fluent-bit/tail/log/" + name + ".log");
    Path own = Files.createDirectories(dir.resolve(name));
    try (ShipRig rig = new ShipRig(own)) {
      TailConfig tail =
          rig.tail("*.log")
              .withReading(
                  new TailConfig.Reading(
                      Encoding.ofWord(encoding).orElseThrow(), LineEnd.AUTO, 1 << 20));
      Files.copy(log, rig.logs.resolve(name + ".log"));
      rig.start(ShipInput.of("f", tail, List.of(parsers)));
      rig.shipper().lookNow();
      // its last line may have no end; a file that is gone has no more to come
      Files.delete(rig.logs.resolve(name + ".log"));
      rig.shipper().lookNow();
      rig.clock.advance(java.time.Duration.ofSeconds(20));
      long deadline = System.nanoTime() + 10_000_000_000L;
      while ((rig.shipper().fill().events() > 0
              || !rig.shipper().behind().isEmpty()
              || rig.sink.count() == 0)
          && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      rig.stop();
      return rig.sink.documents().stream().map(BulkSink.Stored::message).toList();
    }
  }

  private static List<String> expected(String name, String key) throws Exception {
    Path out = Conformance.require("logs/fluent-bit/tail/out/" + name + ".out");
    List<String> texts = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      if (!line.isBlank()) {
        texts.add(
            String.valueOf(JsonTree.parse(line).object().orElseThrow().get(key)).stripTrailing());
      }
    }
    return texts;
  }

  @Test
  void encodings() throws Exception {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("big5", "big5");
    words.put("gb18030", "gb18030");
    words.put("win1251", "windows-1251");
    words.put("win1252", "windows-1252");
    words.put("win1253", "windows-1253");
    words.put("win1254", "windows-1254");
    words.put("win1255", "windows-1255");
    words.put("win1256", "windows-1256");
    int lines = 0;
    for (Map.Entry<String, String> one : words.entrySet()) {
      String name = "generic_enc_" + one.getKey();
      List<String> want = expected(name, "log");
      List<String> got =
          ship(name, one.getValue()).stream()
              .map(String::stripTrailing)
              .filter(text -> !text.isEmpty())
              .toList();
      // the last line may have no end; Fluent Bit leaves it, here it is shipped when the file is
      // gone
      assertEquals(want, got.subList(0, want.size()), name);
      assertTrue(got.size() <= want.size() + 1, name);
      lines += got.size();
    }
    for (String unicode : List.of("unicode_c", "unicode_be_c", "unicode_subdivision_flags_be")) {
      List<String> got = ship(unicode, "utf-16-bom");
      assertTrue(
          !got.isEmpty() && got.stream().noneMatch(text -> text.contains("\uFFFD")),
          () -> unicode + got);
      lines += got.size();
    }
    System.out.println("fluent-bit tail: 11 files in 9 encodings, " + lines + " lines");
  }

  @Test
  void dockerMode() throws Exception {
    assertEquals(
        expected("dockermode", "log"), ship("dockermode", "utf-8", ParserConfig.Container.auto()));
    assertEquals(
        expected("dockermode_multiple_lines", "log"),
        ship(
            "dockermode_multiple_lines",
            "utf-8",
            ParserConfig.Container.auto(),
            ParserConfig.Multiline.of(
                new ParserConfig.Grouping.ByPattern(
                    Pattern.compile("^\\d{4}-\\d{2}-\\d{2}"), true, true))));
  }

  @Test
  void multilineWithinJson() throws Exception {
    assertEquals(
        expected("multiline_001", "message"),
        ship(
            "multiline_001",
            "utf-8",
            new ParserConfig.Ndjson("", false, false, true, "message", "", false),
            new ParserConfig.StackTraces(
                List.of(io.oriel.logs.parse.Language.JAVA), java.time.Duration.ofSeconds(5))));
  }
}
