package io.oriel.logs.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KqlTest {
  private static final FieldCatalog FIELDS =
      new FieldCatalog(
          Map.of(
              "@timestamp", "date",
              "message", "text",
              "status", "long",
              "kubernetes.pod.name", "keyword",
              "kubernetes.namespace", "keyword"));

  private static String dsl(String kql) {
    JsonWriter json = new JsonWriter();
    LogSyntax.KQL.query(kql, FIELDS).writeTo(json);
    return new String(json.toBytes(), StandardCharsets.UTF_8);
  }

  private static Kql parse(String text) {
    return KqlParser.parse(text);
  }

  private static Kql is(String field, String words) {
    return new Kql.Is(field, new Kql.Value.Words(words));
  }

  @Test
  void andBindsTighterThanOrAndNotTighterThanBoth() {
    assertEquals(
        new Kql.Or(
            List.of(is("a", "1"), new Kql.And(List.of(is("b", "2"), new Kql.Not(is("c", "3")))))),
        parse("a:1 or b:2 and not c:3"));
    assertEquals(
        new Kql.And(List.of(new Kql.Or(List.of(is("a", "1"), is("b", "2"))), is("c", "3"))),
        parse("(a:1 OR b:2) AND c:3"));
    assertEquals(new Kql.Not(new Kql.Not(is("a", "1"))), parse("not not a:1"));
    assertEquals(new Kql.Not(is("a", "1")), parse("NOT(a:1)"));
  }

  @Test
  void wordsGoOnToTheNextOperator() {
    assertEquals(is("message", "quick brown fox"), parse("message: quick brown fox "));
    assertEquals(
        new Kql.And(List.of(is("message", "brand new"), is("a", "and1"))),
        parse("message:brand new and a:and1"));
    assertEquals(is("", "nothing android order"), parse("nothing android order"));
    assertEquals(is("", "this and that"), parse("this \\and that"));
    assertEquals(is("a b", "c"), parse("a b:c"));
  }

  @Test
  void valuesMayBeListed() {
    assertEquals(
        new Kql.Or(List.of(is("status", "400"), is("status", "404"))),
        parse("status:(400 or 404)"));
    assertEquals(
        new Kql.And(
            List.of(is("tags", "a"), new Kql.Not(new Kql.Is("tags", new Kql.Value.Phrase("b c"))))),
        parse("tags:(a and not \"b c\")"));
  }

  @Test
  void quotesAndBackslashesAreLiteral() {
    assertEquals(
        new Kql.Is("a", new Kql.Value.Phrase("x \"y\" \\ (z): *")),
        parse("a:\"x \\\"y\\\" \\\\ (z): *\""));
    assertEquals(is("a", "b:c(d)"), parse("a:b\\:c\\(d\\)"));
    assertEquals(is("a", "é\tb"), parse("a:\\u00e9\\tb"));
    assertEquals(is("a", "1*2"), parse("a:1\\*2"));
  }

  @Test
  void rangesCompareAndNestedLooksInside() {
    assertEquals(
        new Kql.Compare("bytes", Kql.Relation.GREATER_OR_EQUAL, "10"), parse("bytes >= 10"));
    assertEquals(
        new Kql.And(
            List.of(new Kql.Compare("@timestamp", Kql.Relation.LESS, "now-2w"), is("a", "1"))),
        parse("@timestamp < now-2w and a:1"));
    assertEquals(
        new Kql.Nested("user", new Kql.And(List.of(is("first", "A"), is("last", "W")))),
        parse("user:{ first: A and last: W }"));
  }

  @Test
  void becomesWhatKibanaAsksTheEngine() {
    assertEquals("{\"match_all\":{}}", dsl(" "));
    assertEquals("{\"match_all\":{}}", dsl("*"));
    assertTrue(dsl("status: 404").contains("\"match\":{\"status\""), dsl("status: 404"));
    assertTrue(dsl("message: \"a b\"").contains("match_phrase"), dsl("message: \"a b\""));
    assertTrue(
        dsl("kubernetes.pod.name: *").contains("\"exists\":{\"field\":\"kubernetes.pod.name\"}"));
    assertTrue(dsl("kubernetes.pod.name: web-*").contains("\"wildcard\""));
    assertTrue(dsl("message: tim*out").contains("\"query_string\""), dsl("message: tim*out"));
    assertTrue(dsl("@timestamp: \"2026-11-27\"").contains("\"gte\":\"2026-11-27\""));
    String both = dsl("kubernetes.*: kube-system");
    assertTrue(both.contains("kubernetes.pod.name") && both.contains("kubernetes.namespace"), both);
    assertEquals("{\"match_none\":{}}", dsl("nothing.*: x"));
    assertTrue(dsl("a+b").contains("a\\\\+b"), dsl("a+b"));
    assertTrue(dsl("user:{first:x}").contains("\"user.first\""), dsl("user:{first:x}"));
  }

  @Test
  void saysWhereTheMistakeIs() {
    assertMistake("a:", "the end at 3");
    assertMistake("a:(b or", "the end");
    assertMistake("(a:b", "want )");
    assertMistake("a:\"b", "quote at 3 is never closed");
    assertMistake("a > b*", "without wildcards");
    assertMistake("a:b)", "\")\" at 4");
    assertMistake("a:{b:c", "want }");
    assertMistake("(".repeat(200), "nested deeper");
    assertMistake("x".repeat(70_000), "characters");
  }

  private static void assertMistake(String text, String part) {
    OrielException mistake = assertThrows(OrielException.class, () -> parse(text), text);
    assertEquals(Kind.INVALID, mistake.kind());
    assertTrue(mistake.reason().contains(part), mistake::reason);
  }

  @Test
  void anyTextIsReadOrRefused() {
    SplittableRandom random = Seed.random("kql");
    String alphabet = "ab:()<>\"*{}\\ and or not u0é\n=";
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        String _ = dsl(text.toString());
      } catch (OrielException e) {
        assertEquals(Kind.INVALID, e.kind(), text::toString);
      }
    }
  }
}
