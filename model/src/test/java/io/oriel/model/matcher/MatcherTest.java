package io.oriel.model.matcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.Matcher.Type;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MatcherTest {
  @Test
  void recognisedShapesAgreeWithTheRegularExpression() {
    List<String> regexes =
        List.of(
            "",
            "a",
            "a|b|",
            "api.*",
            "api.+",
            ".*",
            ".+",
            "5..",
            "a?b",
            "ab*",
            "a\\.b",
            "x|y.*",
            "(a|b)c",
            "ap{0,2}i",
            "[ab]",
            "a||b",
            "\\d+",
            "(?i)API");
    List<String> values =
        List.of(
            "", "a", "b", "ab", "api", "api/v1", "apix\ny", "500", "a.b", "axb", "ac", "API", "ai");

    for (String regex : regexes) {
      Pattern reference = Pattern.compile("^(?s:" + regex + ")$");
      for (String value : values) {
        boolean want = reference.matches(value);
        assertEquals(want, Matcher.of(Type.REGEX, "l", regex).matches(value), regex + " " + value);
        assertEquals(
            !want, Matcher.of(Type.NOT_REGEX, "l", regex).matches(value), regex + " " + value);
      }
    }
  }

  @Test
  void alternationOfWordsNamesItsValues() {
    assertEquals(Set.of("a", "b.c"), Matcher.of(Type.REGEX, "l", "a|b\\.c").setMatches());
    assertEquals(Set.of(), Matcher.of(Type.REGEX, "l", "a|b.*").setMatches());
  }

  @Test
  void prefixIsCertain() {
    assertEquals("api", Matcher.of(Type.REGEX, "l", "api.*x").prefix());
    assertEquals("ap", Matcher.of(Type.REGEX, "l", "api?x").prefix());
    assertEquals("", Matcher.of(Type.REGEX, "l", "a(b|c)").prefix());
  }

  @Test
  void absentLabelIsTheEmptyString() {
    assertTrue(Matcher.of(Type.NOT_EQUAL, "l", "x").matchesEmpty());
    assertFalse(Matcher.of(Type.REGEX, "l", ".+").matchesEmpty());
  }

  @Test
  void refusesBadExpressionsByName() {
    OrielException refused =
        assertThrows(OrielException.class, () -> Matcher.of(Type.REGEX, "l", "a(b"));

    assertEquals("error parsing regexp: missing closing ): `^(?s:a(b)$`", refused.getMessage());
  }
}
