package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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

  private static String stamped(String document) {
    byte[] bytes = ("##" + document + "##").getBytes(StandardCharsets.UTF_8);
    GrowingBytes out = new GrowingBytes(16);
    STAMP.apply(bytes, 2, bytes.length - 2, out);
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  @Test
  void stampsFirstAndKeepsTheRest() {
    String stamp =
        "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\"";

    assertEquals(stamp + "}", stamped("{}"));
    assertEquals(stamp + "}", stamped(" { } "));
    assertEquals(
        stamp + ",\"a\":1,\"b\":[1,{\"c\":\"}\"}]}", stamped("{\"a\":1,\"b\":[1,{\"c\":\"}\"}]}"));
    assertEquals(stamp + ",\"a\":\"é\\\"\",\"z\":null}", stamped("{ \"a\":\"é\\\"\",\"z\":null}"));
  }

  @Test
  void takesAwayWhatTheDocumentSaysItself() {
    String stamp =
        "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\"";

    assertEquals(stamp + "}", stamped("{\"cluster\":\"prod-01\"}"));
    assertEquals(
        stamp + ",\"a\":1,\"b\":2}",
        stamped("{\"a\":1,\"cluster\":{\"cluster\":[\"x\",{}]},\"b\":2,\"environment\":null}"));
    assertEquals(stamp + ",\"a\":1}", stamped("{\"\\u0063luster\":\"prod-01\",\"a\":1}"));
    assertEquals(stamp + ",\"a\":1}", stamped("{\"clus\\u0074er\":\"p\",\"a\":1,\"cluster\":2}"));
    assertEquals(
        stamp + ",\"n\":{\"cluster\":1},\"clusters\":2,\"\\\\cluster\":3}",
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
        STAMP.apply(bytes, 0, bytes.length, new GrowingBytes(16));
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
