package io.oriel.logs.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import io.oriel.testkit.Conformance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Filebeat's own test files: what it expects, and where we keep more.
class ContainerConformanceTest {
  private static Path file(String name) {
    return Conformance.require("logs/beats/" + name);
  }

  @Test
  void aCorruptDockerLineStopsNothing() throws Exception {
    List<LogEvent> events =
        Parsing.of(ParserConfig.Container.auto())
            .lines(Files.readAllBytes(file("docker_corrupted.log")));

    assertEquals(21, events.size());
    assertEquals(
        "Fetching main repository github.com/elastic/beats...", events.getFirst().message());
    assertEquals("container", events.get(6).field("error.type"));
    assertTrue(events.get(6).message().startsWith("\"log\":\"cp packetbeat.yml"));
    assertEquals(20, events.stream().filter(event -> event.field("error.type") == null).count());
    System.out.println("beats: docker_corrupted.log, 20 of 20 events and the corrupt line");
  }

  @Test
  void multilineAsExpectedOfNginx() throws Exception {
    List<LogEvent> events =
        Parsing.of(
                ParserConfig.Multiline.of(
                    new ParserConfig.Grouping.ByPattern(
                        Pattern.compile("^\\d{4}/\\d{2}/\\d{2} "), true, true)))
            .lines(Files.readAllBytes(file("nginx-error.log")));
    String text = Files.readString(file("nginx-error.log-expected.json"));
    JsonTree.Parsed expected = JsonTree.parse("{\"all\":" + text + "}");
    List<?> all = (List<?>) expected.object().orElseThrow().getOrDefault("all", List.of());

    assertEquals(all.size(), events.size());
    for (int i = 0; i < all.size(); i++) {
      var want = FieldTree.typed((java.util.Map<?, ?>) all.get(i));
      LogEvent got = events.get(i);
      assertEquals(((Number) want.getOrDefault("log.offset", -1)).longValue(), got.offset());
      boolean flagged = String.valueOf(want.get("log.flags")).contains("multiline");
      assertEquals(flagged, got.isMultiline());
      // the module cuts the time and level off, which a parser here leaves
      assertTrue(got.message().endsWith(String.valueOf(want.get("message"))));
    }
    System.out.println("beats: nginx-error.log, " + all.size() + " of " + all.size() + " events");
  }

  @Test
  void continuationByABackslash() throws Exception {
    List<LogEvent> events =
        Parsing.of(
                ParserConfig.Multiline.of(
                    new ParserConfig.Grouping.ByPattern(Pattern.compile("\\\\$"), false, false)))
            .lines(Files.readAllBytes(file("multiline-c-log.log")));

    assertEquals(4, events.size());
    assertEquals(
        "This is a C style log\\\\\nfile which is on multiple\\\\\nlines", events.get(1).message());
  }

  @Test
  void aKeyThatCollidesWithOurOwn() throws Exception {
    List<LogEvent> events =
        Parsing.of(new ParserConfig.Ndjson("", true, false, true, "message", "", false))
            .lines(Files.readAllBytes(file("json_override.log")));

    assertEquals(1, events.size());
    assertEquals("test source", events.getFirst().message());
    assertEquals("hello", events.getFirst().field("log.source"));
    assertEquals(0L, events.getFirst().field("log.offset"));
  }

  @Test
  void syslogTimes() throws Exception {
    byte[] log = Files.readAllBytes(file("tz-offset.log"));
    List<LogEvent> events =
        Parsing.of(new ParserConfig.Syslog(true, java.time.ZoneId.of("UTC"))).lines(log);
    JsonTree.Parsed expected =
        JsonTree.parse("{\"all\":" + Files.readString(file("tz-offset.log-expected.json")) + "}");
    List<?> all = (List<?>) expected.object().orElseThrow().getOrDefault("all", List.of());

    assertEquals(all.size(), events.size());
    int same = 0;
    for (int i = 0; i < all.size(); i++) {
      var want = FieldTree.typed((java.util.Map<?, ?>) all.get(i));
      assertEquals(want.get("message"), events.get(i).message());
      assertEquals(want.get("host.hostname"), events.get(i).field("log.syslog.hostname"));
      same++;
    }
    System.out.println("beats: tz-offset.log, " + same + " of " + all.size() + " events");
    assertTrue(new String(log, StandardCharsets.UTF_8).length() > 0);
  }
}
