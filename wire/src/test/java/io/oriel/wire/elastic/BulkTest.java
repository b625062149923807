package io.oriel.wire.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BulkTest {
  private static final int LINE = 1 << 20;

  private static List<String> read(String text) throws IOException {
    return read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> read(InputStream in) throws IOException {
    BulkReader reader = new BulkReader(in, LINE);
    List<String> items = new ArrayList<>();
    while (reader.next()) {
      BulkAction action = reader.action();
      items.add(
          String.join(
              "|",
              action.op().word(),
              action.index(),
              action.id(),
              new String(
                  reader.buffer(),
                  reader.sourceStart(),
                  reader.sourceEnd() - reader.sourceStart(),
                  StandardCharsets.UTF_8)));
    }
    return items;
  }

  @Test
  void readsEveryKindOfItem() throws IOException {
    assertEquals(
        List.of("index|a|1|{\"f\":1}", "delete|a|2|", "create|b||{ }", "update||4|{\"doc\":{}}"),
        read(
            """
            {"index":{"_index":"a","_id":"1"}}
            {"f":1}
            {"delete":{"_index":"a","_id":"2"}}

            { "create" : {"_index":"b","_type":"_doc"} }\r
            { }\r
            {"update":{"_id":4}}
            {"doc":{}}
            """));
    assertEquals(List.of(), read(""));
  }

  @Test
  void readsTheSameWhateverTheNetworkCutsItInto() throws IOException {
    SplittableRandom random = Seed.random("bulk");
    StringBuilder text = new StringBuilder();
    List<String> want = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String source = "{\"n\":\"" + "é".repeat(random.nextInt(200)) + "\"}";
      text.append("{\"create\":{\"_index\":\"i\",\"_id\":\"" + i / 3 + "\"}}\n" + source + "\n");
      want.add("create|i|" + i / 3 + "|" + source);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);

    InputStream drips =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, 1 + random.nextInt(700)));
          }
        };

    assertEquals(want, read(drips));
  }

  @Test
  void saysWhichLineIsWrong() {
    assertRefused("{\"index\":{}}\n{}\n{\"indx\":{}}\n{}\n", "line [3]", "found [indx]");
    assertRefused("[]\n", "line [1]", "START_OBJECT");
    assertRefused("{\"index\":{\"_index\":[]}}\n{}\n", "line [1]", "[_index]");
    assertRefused("{\"index\":{\"colour\":\"x\"}}\n{}\n", "unknown parameter [colour]");
    assertRefused("{\"index\":{}}\n{}", "line [2]", "terminated by a newline");
    assertRefused("{\"index\":{}}\n", "action line [1]");
    assertRefused("{\"index\":{}}x\n{}\n", "line [1]");
    assertRefused("{\"index\":{},\"delete\":{}}\n{}\n", "one operation");
    assertRefused("not json\n{}\n", "line [1]");
  }

  private static void assertRefused(String text, String... parts) {
    OrielException refused = assertThrows(OrielException.class, () -> read(text));
    assertEquals(Kind.INVALID, refused.kind());
    for (String part : parts) {
      assertTrue(refused.reason().contains(part), refused::reason);
    }
  }

  /// The short cut for plain action lines against the parser for all of them.
  @Test
  void plainActionLinesMeanWhatTheParserSays() {
    SplittableRandom random = Seed.random("action-line");
    List<String> names = List.of("_index", "_id", "routing", "_type", "_ind", "", "\\u005fid");
    List<String> values =
        List.of("\"a\"", "\"logs-x\"", "\"\"", "1", "null", "\"é\"", "\"\\n\"", "[]", "\"\u0001\"");
    int plain = 0;
    for (int i = 0; i < Seed.iterations(5_000); i++) {
      StringBuilder line = new StringBuilder("{");
      String space = random.nextInt(3) == 0 ? " " : "";
      line.append(space).append('"').append(random.nextBoolean() ? "create" : "index");
      line.append('"').append(space).append(":{");
      int members = random.nextInt(4);
      for (int m = 0; m < members; m++) {
        line.append(m == 0 ? "" : ",").append(space).append('"');
        line.append(names.get(random.nextInt(random.nextInt(3) == 0 ? names.size() : 2)));
        line.append("\":").append(space);
        line.append(values.get(random.nextInt(random.nextInt(3) == 0 ? values.size() : 3)));
      }
      line.append(space).append("}").append(space).append("}");
      if (random.nextInt(4) == 0) {
        int at = random.nextInt(line.length());
        line.replace(at, at + 1, random.nextBoolean() ? "" : ",");
      }
      byte[] bytes = ("#" + line + "#").getBytes(StandardCharsets.UTF_8);
      BulkAction quick = PlainActionLine.parse(bytes, 1, bytes.length - 1);
      if (quick != null) {
        plain++;
        assertEquals(ActionLine.parseAny(bytes, 1, bytes.length - 2, 1), quick, line::toString);
      }
    }
    assertTrue(plain > 0, "no line was plain");
  }

  @Test
  void refusesALineThatIsTooLong() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return ' ';
          }
        };

    LimitExceeded refused =
        assertThrows(LimitExceeded.class, () -> new BulkReader(endless, LINE).next());

    assertTrue(refused.reason().contains("line [1]"), refused::reason);
  }

  @Test
  void writesWhatItReads() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BulkWriter writer = new BulkWriter(out);
    byte[] source = "{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_8);
    BulkAction whole = new BulkAction(BulkOp.CREATE, "i-\"1", "id", "r", "p", true);

    writer.item(whole, source, 0, source.length);
    writer.action(BulkAction.of(BulkOp.DELETE, "i", "x"));

    BulkReader reader = new BulkReader(new ByteArrayInputStream(out.toByteArray()), LINE);
    assertTrue(reader.next());
    assertEquals(whole, reader.action());
    assertTrue(reader.next());
    assertEquals(BulkAction.of(BulkOp.DELETE, "i", "x"), reader.action());
    assertFalse(reader.next());
  }

  @Test
  void readsAReplyAndItsItems() throws IOException {
    BulkReply reply =
        BulkReply.parse(
            """
            {"took":30,"errors":true,"items":[
              {"create":{"_index":"i","_id":"1","status":201,"_shards":{"total":1}}},
              {"create":{"_index":"i","_id":"2","status":409,"error":{"type":"version_conflict_engine_exception","reason":"r"}}},
              {"index":{"status":429,"error":{"type":"t","reason":"é"}}},
              {"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse","caused_by":{"type":"x","reason":"For input"}}}},
              {"index":{"status":503,"error":"UnavailableShardsException[x]"}}]}
            """
                .getBytes(StandardCharsets.UTF_8));

    assertEquals(
        List.of(
            BulkItem.Outcome.STORED,
            BulkItem.Outcome.DUPLICATE,
            BulkItem.Outcome.RETRY,
            BulkItem.Outcome.REFUSED,
            BulkItem.Outcome.RETRY),
        reply.items().stream().map(BulkItem::outcome).toList());
    assertEquals("failed to parse: For input", reply.items().get(3).errorReason());
    assertEquals("UnavailableShardsException[x]", reply.items().get(4).errorReason());
    ByteArrayOutputStream item = new ByteArrayOutputStream();
    reply.writeItem(2, item);
    assertEquals(
        "{\"index\":{\"status\":429,\"error\":{\"type\":\"t\",\"reason\":\"é\"}}}",
        item.toString(StandardCharsets.UTF_8));
    assertEquals(30, reply.tookMillis());
    assertTrue(reply.hasErrors());
  }

  @Test
  void takesNothingElseForAReply() {
    for (String text :
        List.of(
            "",
            "{",
            "[]",
            "<html>",
            "{\"items\":{}}",
            "{\"items\":[{\"index\":{}}]}",
            "{\"items\":[{\"paint\":{\"status\":200}}]}")) {
      OrielException refused =
          assertThrows(
              OrielException.class,
              () -> BulkReply.parse(text.getBytes(StandardCharsets.UTF_8)),
              text);
      assertEquals(Kind.UNAVAILABLE, refused.kind());
    }
  }

  @Test
  void anyBytesAreReadOrRefused() {
    SplittableRandom random = Seed.random("bulk-bytes");
    String seed = "{\"index\":{\"_index\":\"a\"}}\n{\"b\":1}\n{\"delete\":{\"_id\":\"1\"}}\n";
    for (int i = 0; i < Seed.iterations(3_000); i++) {
      byte[] bytes = seed.getBytes(StandardCharsets.UTF_8);
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        List<String> _ = read(new ByteArrayInputStream(bytes));
      } catch (OrielException expected) {
        assertEquals(Kind.INVALID, expected.kind());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
