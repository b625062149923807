package io.oriel.wire.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Lines that are read as the one before was, against the parser that reads each by itself.
class ActionLinesTest {
  private static final List<String> HEADS =
      List.of(
          "{\"create\":{\"_index\":\"a\",\"_id\":\"",
          "{\"index\":{\"_index\":\"a\",\"_id\":\"",
          "{\"create\":{\"_index\":\"ab\",\"_id\":\"",
          "{\"create\":{\"_id\":\"x\",\"_index\":\"",
          "{\"create\":{\"_id\":\"x\",\"_index\":\"_id\",\"_id\":\"",
          "{\"create\":{\"_index\":\"a\",\"_index\":\"b\",\"_id\":\"",
          "{ \"create\" : { \"_index\" : \"a\" , \"_id\" : \"",
          "{\"create\":{\"_index\":\"a\",\"routing\":\"r\",\"_id\":\"",
          "{\"create\":{\"\\u005findex\":\"a\",\"_id\":\"");
  private static final List<String> IDS =
      List.of(
          "", "1", "abc", "a-b_c", "é", "\\\"", "\\\\", "\n", "x\",\"routing\":\"r", "{}}", "\"}}");
  private static final List<String> TAILS =
      List.of("\"}}", "\"}}", "\"}}", "\"}} ", "\" }}", "\"}", "\"}}}", "\",\"_index\":\"z\"}}");

  private static String pick(SplittableRandom random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static String outcome(byte[] line, boolean alone, ActionLines lines) {
    try {
      BulkAction action =
          alone
              ? ActionLine.parseAny(line, 1, line.length - 2, 7)
              : lines.read(line, 1, line.length - 1, 7);
      return action.toString();
    } catch (OrielException e) {
      return e.reason();
    }
  }

  @Test
  void eachLineMeansWhatItSaysByItself() {
    SplittableRandom random = Seed.random("action-lines");
    ActionLines lines = new ActionLines();
    String head = HEADS.getFirst();
    int read = 0;
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      head = random.nextInt(3) == 0 ? pick(random, HEADS) : head;
      String text = head + pick(random, IDS) + pick(random, TAILS);
      byte[] line = ("#" + text + "#").getBytes(StandardCharsets.UTF_8);

      String alone = outcome(line, true, lines);
      assertEquals(alone, outcome(line, false, lines), text);
      read += alone.startsWith("BulkAction") ? 1 : 0;
    }
    assertTrue(read > 0, "no line was right");
  }

  @Test
  void actionsAreWrittenAsTheyAreRead() throws IOException {
    SplittableRandom random = Seed.random("action-writer");
    List<BulkAction> actions = new ArrayList<>();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BulkWriter writer = new BulkWriter(out);
    for (int i = 0; i < 500; i++) {
      BulkAction action =
          new BulkAction(
              random.nextInt(4) == 0 ? BulkOp.INDEX : BulkOp.CREATE,
              pick(random, List.of("", "a", "b", "\"c\"")),
              pick(random, List.of("", "1", "é", "\\", "\n")),
              pick(random, List.of("", "", "", "r")),
              pick(random, List.of("", "", "", "p")),
              random.nextInt(5) == 0);
      actions.add(action);
      writer.item(action, new byte[] {'{', '}'}, 0, 2);
    }

    BulkReader reader = new BulkReader(new ByteArrayInputStream(out.toByteArray()), 1 << 16);
    for (BulkAction action : actions) {
      assertTrue(reader.next());
      assertEquals(action, reader.action());
    }
  }
}
