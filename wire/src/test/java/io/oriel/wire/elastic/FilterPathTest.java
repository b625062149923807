package io.oriel.wire.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FilterPathTest {
  private static final String BULK =
      """
      {"took":3,"errors":true,"items":[\
      {"create":{"_index":"a","_id":"1","status":201,"_shards":{"total":1}}},\
      {"create":{"_index":"a","_id":"2","status":400,"error":{"type":"t","reason":"r"}}}]}""";

  private static String apply(String filter, String json) {
    return new String(
        FilterPath.of(filter).apply(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }

  @Test
  void keepsWhatShippersAskFor() {
    assertEquals(
        """
        {"errors":true,"items":[{"create":{"status":201}},\
        {"create":{"status":400,"error":{"type":"t","reason":"r"}}}]}""",
        apply("errors,items.*.error,items.*.status", BULK));
  }

  @Test
  void keepsAllBelowAName() {
    assertEquals(BULK, apply("took,errors,items", BULK));
    assertEquals("{\"took\":3}", apply("t*k", BULK));
  }

  @Test
  void findsNamesAtAnyDepth() {
    assertEquals(
        "{\"items\":[{\"create\":{\"_id\":\"1\"}},{\"create\":{\"_id\":\"2\"}}]}",
        apply("**._id", BULK));
    assertEquals(
        "{\"items\":[{\"create\":{\"_shards\":{\"total\":1}}}]}", apply("items.**.total", BULK));
  }

  @Test
  void leavesOutAndThenKeeps() {
    assertEquals("{\"took\":3,\"errors\":true}", apply("-items", BULK));
    assertEquals(
        "{\"items\":[{\"create\":{\"status\":201}},{\"create\":{\"status\":400}}]}",
        apply("items,-items.*._*,-**.error", BULK));
  }

  @Test
  void keepsTheBracketsOfTheWhole() {
    assertEquals("{}", apply("nowhere", BULK));
    assertEquals("[]", apply("nowhere", "[{\"a\":1}]"));
  }

  @Test
  void keepsNumbersAsTheyAre() {
    String numbers = "{\"a\":{\"b\":12345678901234567890.10,\"c\":0.001}}";

    assertEquals(numbers, apply("a.*", numbers));
  }

  @Test
  void knowsADotInAName() {
    assertEquals("{\"a.b\":1}", apply("a\\.b", "{\"a.b\":1,\"a\":{\"b\":2}}"));
  }

  @Test
  void isAllWhenEmpty() {
    assertTrue(FilterPath.of("").isAll());
    assertTrue(FilterPath.of(" , ").isAll());
    assertEquals(FilterPath.of("b, a"), FilterPath.of("a,b"));
  }

  @Test
  void refusesWhatIsTooLongOrNoJson() {
    assertThrows(OrielException.class, () -> FilterPath.of("a,".repeat(2_049)));
    assertThrows(OrielException.class, () -> apply("a", ""));
    assertThrows(OrielException.class, () -> apply("a", "{\"a\":"));
  }
}
