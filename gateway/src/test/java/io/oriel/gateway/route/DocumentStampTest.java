package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class DocumentStampTest {
  private static final DocumentStamp STAMP =
      new DocumentStamp(new ClusterIdentity("dev-01", "dev", "CN=x", "1"), Instant.EPOCH);

  private static final String FIRST =
      "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\"";

  private static String stamped(String document) {
    return stamped(document, Shape.OTHER);
  }

  private static String stamped(String document, Shape shape) {
    byte[] bytes = ("##" + document + "##").getBytes(StandardCharsets.UTF_8);
    GrowingBytes out = new GrowingBytes(16);
    STAMP.apply(bytes, 2, bytes.length - 2, shape, out);
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  private static String line(String members) {
    String document = stamped("{" + members + "}", Shape.LOGS);
    assertTrue(document.startsWith(FIRST), document);
    return document.substring(FIRST.length());
  }

  @Test
  void aTextCalledLogIsTheLine() {
    assertEquals(",\"message\":\"a\"}", line("\"log\":\"a\""));
    assertEquals(
        ",\"@timestamp\":1,\"message\" : \"a\\n\",\"stream\":\"stdout\"}",
        line(" \"@timestamp\":1,\"log\" : \"a\\n\",\"stream\":\"stdout\""));
    assertEquals(",\"message\":\"\"}", line("\"l\\u006fg\":\"\""));
    assertEquals(
        ",\"a\":1,\"message\":\"x\",\"b\":2}",
        line("\"a\":1,\"cluster\":\"p\",\"log\":\"x\",\"environment\":1,\"b\":2"));
  }

  /// As Fluent Bit's Kubernetes filter does it with lines of JSON that have a message.
  @Test
  void besideAMessageItIsTheOriginal() {
    assertEquals(
        ",\"event.original\":\"{}\",\"message\":\"m\"}", line("\"log\":\"{}\",\"message\":\"m\""));
    assertEquals(
        ",\"m\\u0065ssage\":null,\"event.original\":\"a\"}",
        line("\"m\\u0065ssage\":null,\"log\":\"a\""));
    for (String kept :
        List.of(
            "\"log\":\"a\",\"message\":\"m\",\"event\":{\"original\":\"o\"}",
            "\"event.original\":\"o\",\"log\":\"a\",\"message\":\"m\"")) {
      assertEquals("," + kept + "}", line(kept));
    }
  }

  @Test
  void anythingElseCalledLogStays() {
    for (String kept :
        List.of(
            "\"log\":{\"log\":\"a\",\"level\":\"info\"}",
            "\"log\":null",
            "\"log\":1",
            "\"log\":[\"a\"]",
            "\"log\":{\"offset\":1},\"log.level\":\"info\"",
            "\"fields\":{\"log\":\"a\"}",
            "\"logs\":\"a\"",
            "\"Log\":\"a\"",
            "\"\\\\log\":\"a\"",
            "\"log \":\"a\"")) {
      assertEquals("," + kept + "}", line(kept));
    }
    assertEquals(FIRST + ",\"log\":\"a\"}", stamped("{\"log\":\"a\"}", Shape.OTHER));
  }

  /// Which of them is the line is not ours to say; the engine refuses them.
  @Test
  void whatIsThereTwiceStays() {
    for (String kept :
        List.of(
            "\"log\":\"a\",\"log\":\"b\"",
            "\"log\":\"a\",\"log\":{\"level\":\"info\"}",
            "\"log\":{\"level\":\"info\"},\"log\":\"a\"",
            "\"l\\u006fg\":\"a\",\"log\":\"b\"")) {
      assertEquals("," + kept + "}", line(kept));
    }
    assertEquals(
        ",\"message\":1,\"message\":2,\"event.original\":\"a\"}",
        line("\"message\":1,\"message\":2,\"log\":\"a\""));
  }

  /// Jackson reads such letters; where ours would not, a document could name a cluster of its own.
  @Test
  void refusesLettersInMoreBytesThanTheyNeed() {
    for (byte[] letter :
        new byte[][] {
          {(byte) 0xC1, (byte) 0xA3},
          {(byte) 0xE0, (byte) 0x81, (byte) 0xA3},
          {(byte) 0xF0, (byte) 0x80, (byte) 0x81, (byte) 0xA3}
        }) {
      java.io.ByteArrayOutputStream document = new java.io.ByteArrayOutputStream();
      document.writeBytes("{\"".getBytes(StandardCharsets.UTF_8));
      document.writeBytes(letter);
      document.writeBytes("luster\":\"prod-01\"}".getBytes(StandardCharsets.UTF_8));
      byte[] bytes = document.toByteArray();

      OrielException refused =
          assertThrows(
              OrielException.class,
              () -> STAMP.apply(bytes, 0, bytes.length, Shape.LOGS, new GrowingBytes(16)));

      assertTrue(refused.reason().contains("at offset 2, want UTF-8"), refused::reason);
    }
  }

  @Test
  void stampsFirstAndKeepsTheRest() {
    assertEquals(FIRST + "}", stamped("{}"));
    assertEquals(FIRST + "}", stamped(" { } "));
    assertEquals(
        FIRST + ",\"a\":1,\"b\":[1,{\"c\":\"}\"}]}", stamped("{\"a\":1,\"b\":[1,{\"c\":\"}\"}]}"));
    assertEquals(FIRST + ",\"a\":\"é\\\"\",\"z\":null}", stamped("{ \"a\":\"é\\\"\",\"z\":null}"));
  }

  @Test
  void takesAwayWhatTheDocumentSaysItself() {
    assertEquals(FIRST + "}", stamped("{\"cluster\":\"prod-01\"}"));
    assertEquals(
        FIRST + ",\"a\":1,\"b\":2}",
        stamped("{\"a\":1,\"cluster\":{\"cluster\":[\"x\",{}]},\"b\":2,\"environment\":null}"));
    assertEquals(FIRST + ",\"a\":1}", stamped("{\"\\u0063luster\":\"prod-01\",\"a\":1}"));
    assertEquals(FIRST + ",\"a\":1}", stamped("{\"clus\\u0074er\":\"p\",\"a\":1,\"cluster\":2}"));
    assertEquals(
        FIRST + ",\"n\":{\"cluster\":1},\"clusters\":2,\"\\\\cluster\":3}",
        stamped("{\"n\":{\"cluster\":1},\"clusters\":2,\"\\\\cluster\":3}"));
  }

  @Test
  void refusesWhatAnotherParserMightReadOtherwise() {
    for (String document :
        List.of(
            "",
            "[]",
            "1",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":1}{\"cluster\":\"prod-01\"}",
            "{}x",
            "{a:1}",
            "{'cluster':\"prod-01\"}",
            "{/**/\"a\":1}",
            "{\"a\":1/*\"*/,\"cluster\":\"prod-01\"/*\"*/}",
            "{\"a\":1,//\n\"b\":2}",
            "{\"a\":#}",
            "{\"\\uZZZZ\":1}",
            "{\"a\\",
            "{\u0000\"\u0000a\u0000\"\u0000:\u00001\u0000}\u0000",
            "\uFEFF{}")) {
      OrielException refused =
          assertThrows(OrielException.class, () -> stamped(document), document);
      assertEquals(Kind.INVALID, refused.kind());
    }
  }

  /// Against Jackson as the reference: the same object, but for the two names.
  @Test
  void meansTheSameAsTheDocument() {
    SplittableRandom random = Seed.random("stamp");
    for (int i = 0; i < Seed.iterations(3_000); i++) {
      StringBuilder text = new StringBuilder();
      object(random, text, 0);
      Map<String, String> want = new LinkedHashMap<>(members(text.toString()));
      want.put("cluster", "\"dev-01\"");
      want.put("environment", "\"dev\"");
      want.put("event.ingested", "\"1970-01-01T00:00:00Z\"");

      assertEquals(
          new java.util.TreeMap<>(want),
          new java.util.TreeMap<>(members(stamped(text.toString()))),
          text::toString);
    }
  }

  @Test
  void anyBytesAreStampedOrRefused() {
    SplittableRandom random = Seed.random("stamp-bytes");
    for (int i = 0; i < Seed.iterations(5_000); i++) {
      StringBuilder text = new StringBuilder();
      object(random, text, 0);
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      try {
        STAMP.apply(bytes, 0, bytes.length, Shape.LOGS, new GrowingBytes(16));
      } catch (OrielException e) {
        assertEquals(Kind.INVALID, e.kind());
      }
    }
  }

  private static final String[] NAMES = {
    "cluster", "environment", "\\u0063luster", "a", "b c", "\\\"q", "é", "\\\\", "clusterx"
  };

  private static void object(SplittableRandom random, StringBuilder out, int depth) {
    out.append('{');
    java.util.Set<String> used = new java.util.HashSet<>();
    boolean first = true;
    for (int n = random.nextInt(6); n > 0; n--) {
      String name = NAMES[random.nextInt(NAMES.length)];
      if (!used.add(name.replace("\\u0063", "c"))) {
        continue;
      }
      if (!first) {
        out.append(',');
      }
      first = false;
      space(random, out).append('"').append(name).append('"');
      space(random, out).append(':');
      space(random, out);
      value(random, out, depth + 1);
      space(random, out);
    }
    out.append('}');
  }

  private static StringBuilder space(SplittableRandom random, StringBuilder out) {
    return random.nextInt(4) == 0 ? out.append(" \t") : out;
  }

  private static void value(SplittableRandom random, StringBuilder out, int depth) {
    switch (depth > 4 ? random.nextInt(4) : random.nextInt(6)) {
      case 0 -> out.append(random.nextInt(100));
      case 1 -> out.append(random.nextBoolean());
      case 2 -> out.append("\"a,}]\\\"\\\\{\"");
      case 3 -> out.append("null");
      case 4 -> object(random, out, depth);
      default -> {
        out.append('[');
        value(random, out, depth + 1);
        out.append(" , ");
        value(random, out, depth + 1);
        out.append(']');
      }
    }
  }

  /// The members of the outermost object, values as canonical text.
  private static Map<String, String> members(String text) {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser json =
        JsonFactory.builder().build().createParser(ObjectReadContext.empty(), text)) {
      assertEquals(JsonToken.START_OBJECT, json.nextToken());
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        members.put(name, canonical(json));
      }
      assertEquals(null, json.nextToken());
    }
    return members;
  }

  private static String canonical(JsonParser json) {
    StringBuilder out = new StringBuilder();
    int depth = 0;
    do {
      JsonToken token = json.currentToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      }
      out.append(
          token == JsonToken.VALUE_STRING ? "\"" + json.getString() + "\"" : json.getString());
      if (depth > 0) {
        json.nextToken();
        out.append(' ');
      } else {
        return out.toString();
      }
    } while (true);
  }
}
