package io.oriel.promql.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.promql.Feature;
import io.oriel.promql.check.TypeCheck;
import io.oriel.testkit.Seed;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ParserFuzzTest {
  private static final Set<Feature> ALL = EnumSet.allOf(Feature.class);
  private static final List<String> WORDS =
      List.of(
          "x",
          "up",
          "{",
          "}",
          "(",
          ")",
          "[",
          "]",
          "[5m]",
          "[5m:1m]",
          ",",
          "+",
          "-",
          "*",
          "/",
          "^",
          "==",
          "!=",
          ">",
          "</",
          "bool",
          "and",
          "or",
          "unless",
          "on",
          "ignoring",
          "group_left",
          "by",
          "without",
          "sum",
          "topk",
          "rate",
          "info",
          "time",
          "offset",
          "@",
          "start()",
          "1",
          "0x1F",
          "1e3",
          "5m",
          "NaN",
          "Inf",
          "\"a\"",
          "'b'",
          "`c`",
          "a=\"b\"",
          "a=~\"b.*\"",
          "fill",
          "anchored",
          "smoothed",
          "step()",
          "max_of",
          "#",
          "\n",
          "\\",
          "é",
          ":",
          "a:b",
          "label_join");

  @Test
  void survivesAnyWords() {
    SplittableRandom random = Seed.random("words");
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      StringBuilder query = new StringBuilder();
      for (int n = random.nextInt(1, 14); n > 0; n--) {
        query.append(WORDS.get(random.nextInt(WORDS.size())));
        query.append(random.nextInt(3) == 0 ? "" : " ");
      }
      tryParse(query.toString());
    }
  }

  @Test
  void survivesAnyCharacters() {
    SplittableRandom random = Seed.random("characters");
    String alphabet = "ab_:{}()[]\"'`\\,=~!<>+-*/%^@#0123456789.xXeEmsh \n\u00e9\ud83d\ude00\0";
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      StringBuilder query = new StringBuilder();
      for (int n = random.nextInt(0, 40); n > 0; n--) {
        query.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      tryParse(query.toString());
    }
  }

  @Test
  void refusesWhatIsNestedTooDeeply() {
    for (String query :
        List.of(
            "(".repeat(100_000) + "1" + ")".repeat(100_000),
            "-".repeat(100_000) + "1",
            "abs(".repeat(10_000) + "x" + ")".repeat(10_000),
            "x[" + "(".repeat(10_000) + "1" + ")".repeat(10_000) + "]",
            "1" + "+1".repeat(100_000))) {
      assertThrows(ParseException.class, () -> Parser.parse(query, ALL));
    }
  }

  /// Parses; what parses prints to something that parses to the same text again.
  private static void tryParse(String query) {
    try {
      Expr expr = Parser.parse(query, ALL);
      TypeCheck.check(expr, query);
      String printed = Printer.print(expr);
      assertEquals(printed, Printer.print(Parser.parse(printed, ALL)), query);
      String formatted = Printer.format(expr);
      assertEquals(printed, Printer.print(Parser.parse(formatted, ALL)), query);
    } catch (ParseException _) {
      // refused, with a place: all that is asked for
    }
  }
}
