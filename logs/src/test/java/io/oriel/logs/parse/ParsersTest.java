package io.oriel.logs.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import io.oriel.testkit.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ParsersTest {
  private static final String TIME = "2024-05-01T10:00:00.123456789Z";

  @Test
  void piecesOfTwoStreamsDoNotMix() {
    Parsing parsing = Parsing.of(ParserConfig.Container.auto());
    parsing.line(TIME + " stdout P a");
    parsing.line(TIME + " stderr P x");
    parsing.line(TIME + " stdout P:tag b");
    assertEquals(0, parsing.chain.pendingFrom());
    assertEquals(3, parsing.chain.pendingLines());
    parsing.line(TIME + " stderr F y");
    parsing.line(TIME + " stdout F c");

    assertEquals(List.of("xy", "abc"), parsing.messages());
    assertEquals(0, parsing.events.get(1).offset());
    assertEquals(3, parsing.events.get(1).lines());
    assertEquals(Long.MAX_VALUE, parsing.chain.pendingFrom());
  }

  @Test
  void timesWithAnOffsetBecomeUtc() {
    Parsing parsing = Parsing.of(ParserConfig.Container.auto());
    parsing.line("2024-05-01T12:00:00.5+02:00 stdout F hi");
    parsing.line(TIME + " stdout F");

    assertEquals(Instant.parse("2024-05-01T10:00:00.5Z"), parsing.events.getFirst().time());
    assertEquals("", parsing.events.get(1).message());
  }

  @Test
  void dockerEscapesAndPieces() {
    Parsing parsing = Parsing.of(ParserConfig.Container.auto());
    parsing.line(
        "{\"log\":\"a\\u00e4\\ud83d\\ude00 \",\"stream\":\"stdout\",\"time\":\"" + TIME + "\"}");
    parsing.line(
        "{\"attrs\":{\"x\":[1,{}]},\"log\":\"b\\\"\\n\",\"stream\":\"stdout\",\"time\":\""
            + TIME
            + "\"}");

    assertEquals(List.of("aä😀 b\""), parsing.messages());
  }

  @Test
  void keepsOnlyTheStreamThatIsWanted() {
    Parsing parsing =
        Parsing.of(
            new ParserConfig.Container(ParserConfig.Stream.STDERR, ParserConfig.Format.AUTO, 1000));
    parsing.line(TIME + " stdout F a");
    parsing.line(TIME + " stderr F b");

    assertEquals(List.of("b"), parsing.messages());
  }

  @Test
  void multilineWaitsForItsTimeout() {
    Parsing parsing =
        Parsing.of(
            new ParserConfig.Multiline(
                new ParserConfig.Grouping.ByPattern(Pattern.compile("^ "), false, true),
                2,
                1000,
                Duration.ofSeconds(5),
                Optional.of(Pattern.compile("END")),
                false));
    parsing.line("a");
    parsing.line(" 1");
    parsing.line(" 2");
    assertEquals(List.of(), parsing.messages());
    parsing.nanos.addAndGet(5_000_000_000L);
    parsing.chain.tick(parsing.nanos.get());
    parsing.line("b");
    parsing.line(" END");

    assertEquals(List.of("a\n 1", "b\n END"), parsing.messages());
    assertTrue(parsing.events.getFirst().isTruncated());
    assertEquals(3, parsing.events.getFirst().lines());
  }

  @Test
  void countAndWhile() {
    Parsing count = Parsing.of(ParserConfig.Multiline.of(new ParserConfig.Grouping.ByCount(2)));
    List.of("1", "2", "3", "4", "5").forEach(count::line);
    assertEquals(List.of("1\n2", "3\n4"), count.messages());

    Parsing loop =
        Parsing.of(
            ParserConfig.Multiline.of(
                new ParserConfig.Grouping.WhilePattern(Pattern.compile("^\\{"), false)));
    List.of("{1", "{2", "x", "y").forEach(loop::line);
    assertEquals(List.of("{1\n{2", "x", "y"), loop.messages());
  }

  @Test
  void stackTracesOfFourLanguages() {
    Parsing parsing =
        Parsing.of(new ParserConfig.StackTraces(List.of(Language.values()), Duration.ofSeconds(5)));
    String java =
        "Exception in thread \"main\" java.lang.RuntimeException: x\n\tat a.B.c(B.java:1)\n"
            + "Caused by: java.io.IOException: y\n\t... 3 more";
    String python =
        "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    f()\n"
            + "ValueError: bad";
    String go =
        "panic: oops\n\ngoroutine 1 [running]:\nmain.main()\n\t/a/main.go:5 +0x39\nexit status 2";
    String ruby = "a.rb:1:in `f': bad (RuntimeError)\n\tfrom a.rb:5:in `<main>'";
    for (String text : List.of("plain", java, "between", python, "after", go, "x", ruby, "end")) {
      text.lines().forEach(parsing::line);
    }
    parsing.chain.flush();

    assertEquals(
        List.of("plain", java, "between", python, "after", go, "x", ruby, "end"),
        parsing.messages());
  }

  @Test
  void jsonUnderATargetAndItsErrors() {
    Parsing parsing =
        Parsing.of(new ParserConfig.Ndjson("json", false, true, true, "m", "id", false));
    parsing.line("{\"m\":\"text\",\"a.b\":1,\"id\":\"7\"}");
    parsing.line("{broken");
    parsing.line("{\"m\":3,\"id\":8}");
    parsing.line("{}");

    LogEvent first = parsing.events.getFirst();
    assertEquals("text", first.message());
    assertEquals(1, first.field("json.a.b"));
    assertEquals("7", first.id());
    assertEquals("{broken", parsing.events.get(1).message());
    assertEquals("json", parsing.events.get(1).field("json.error.type"));
    LogEvent third = parsing.events.get(2);
    assertEquals("", third.id());
    assertEquals(8, third.field("json.id"));
    assertEquals("Value of key 'm' is not a string", third.field("json.error.message"));
    assertEquals("Key 'm' not found", parsing.events.get(3).field("json.error.message"));
  }

  @Test
  void dissectKnowsTypes() {
    Dissect dissect = Dissect.of("%{n|integer} %{f|float} %{b|boolean} %{t}");

    assertEquals(
        java.util.Map.of("n", 7, "f", 0.5, "b", true, "t", "8"),
        dissect.apply("7 0.5 true 8").orElseThrow());
    assertTrue(dissect.apply("x 0.5 true 8").isEmpty());
  }

  @Test
  void dissectTrimsWhatItIsTold() {
    Dissect dissect = Dissect.of("%{a}|%{+a}|%{n|integer}|%{*k}|%{&k}");
    String text = " x |\ty | 7 | name |  v\u3000";

    assertEquals(
        java.util.Map.of("a", " x |\ty ", "n", 7, " name ", "  v\u3000"),
        dissect.apply(text).orElseThrow());
    assertEquals(
        java.util.Map.of("a", "x |\ty ", "n", 7, "name ", "v\u3000"),
        dissect.trimming(new Trim(Trim.Side.LEFT, " ")).apply(text).orElseThrow());
    assertEquals(
        java.util.Map.of("a", " x|\ty", "n", 7, " name", "  v"),
        dissect.trimming(new Trim(Trim.Side.RIGHT, " \u3000")).apply(text).orElseThrow());
    assertEquals(
        java.util.Map.of("a", "x|y", "n", 7, "name", "v"),
        dissect.trimming(new Trim(Trim.Side.ALL, " \t\u3000")).apply(text).orElseThrow());
    assertEquals(
        java.util.Map.of("a", "", "b", "x"),
        Dissect.of("%{a}|%{b}")
            .trimming(new Trim(Trim.Side.ALL, "-\ud83d\ude00"))
            .apply("-\ud83d\ude00-|\ud83d\ude00x-")
            .orElseThrow());
  }

  @Test
  void syslogOfBothKinds() {
    Parsing parsing = Parsing.of(new ParserConfig.Syslog(true, java.time.ZoneId.of("UTC")));
    parsing.line("<34>1 2003-10-11T22:14:15.003Z host su - ID47 [a@1 k=\"v\\\"\"] 'su' failed");
    parsing.line("<13>Oct 11 22:14:15 mymachine su[12]: 'su root' failed");

    LogEvent modern = parsing.events.getFirst();
    assertEquals("'su' failed", modern.message());
    assertEquals("v\"", modern.field("log.syslog.structured_data.a@1.k"));
    assertEquals("Critical", modern.field("log.syslog.severity.name"));
    LogEvent old = parsing.events.get(1);
    assertEquals("12", old.field("log.syslog.procid"));
    assertEquals(Instant.parse("2023-10-11T22:14:15Z"), old.time());
  }

  @Test
  void dissectAndLogfmt() {
    assertEquals(
        Map.of("a", "1", "b", "x y"),
        Dissect.of("[%{a->} %{b}: %{?skip}").apply("[1   x y: z").orElseThrow());
    assertTrue(Dissect.of("%{a} - %{b}").apply("no").isEmpty());
    assertEquals(
        Map.of("level", "info", "msg", "a \"b\"", "flag", true),
        Logfmt.parse("level=info msg=\"a \\\"b\\\"\" flag").orElseThrow());
  }

  @Test
  void documentsAreJsonWhateverTheBytes() {
    SplittableRandom random = Seed.random("documents");
    DocumentWriter out = new DocumentWriter();
    for (int i = 0; i < Seed.iterations(3000); i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      LogEvent event = new LogEvent(bytes, 0, bytes.length, i, i + 41);
      event.statics(Statics.of(Map.of("log", Map.of("file", Map.of("path", "/x\n")))));
      if (random.nextBoolean()) {
        event.field("log.x", "y");
      }
      out.document(event, Instant.EPOCH);
      JsonTree.Parsed parsed = JsonTree.parse(out.array(), 0, out.size());
      int round = i;
      assertTrue(parsed.object().isPresent(), () -> parsed.error() + Seed.replay(round));
      assertEquals(
          "/x\n", FieldTree.get(parsed.object().get(), "log.file.path"), Seed.replay(round));
      assertEquals(
          event.message().replaceAll("\uFFFD+", "?"),
          String.valueOf(parsed.object().get().get("message")).replaceAll("\uFFFD+", "?"),
          Seed.replay(round));
    }
  }

  /// Container lines and dissect patterns that are cut and scrambled.
  @Test
  void parsersSurviveAnything() {
    SplittableRandom random = Seed.random("parsers");
    String docker = "{\"log\":\"a\\u00e4b\\n\",\"stream\":\"stdout\",\"time\":\"" + TIME + "\"}";
    List<String> texts =
        List.of(TIME + " stdout P:x hello", docker, "a=b c=\"d\\\"\" e", "%{a} %{+b->}|%{&c}");
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
      for (int edits = random.nextInt(1, 5); edits > 0; edits--) {
        int at = random.nextInt(text.length());
        if (random.nextBoolean()) {
          text.setCharAt(at, (char) random.nextInt(256));
        } else if (text.length() > 2) {
          text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
        }
        text.append(random.nextBoolean() ? "\\" : "");
      }
      Parsing parsing = Parsing.of(ParserConfig.Container.auto());
      parsing.line(text.toString());
      parsing.chain.flush();
      assertTrue(parsing.events.size() <= 1);
      Logfmt.parse(text.toString());
      try {
        Dissect.of(text.toString()).apply("a b|c d");
      } catch (io.oriel.model.error.OrielException _) {
        assertTrue(true);
      }
    }
  }
}
