package io.oriel.model.matcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StarPatternTest {
  @Test
  void starsStandForAnything() {
    assertTrue(StarPattern.matches("logs-*", "logs-"));
    assertTrue(StarPattern.matches("*a*b*", "xaab"));
    assertTrue(StarPattern.matches("**", ""));
    assertTrue(StarPattern.matches("a*c", "abcbc"));
    assertFalse(StarPattern.matches("a*c", "abcb"));
    assertFalse(StarPattern.matches("", "a"));
    assertFalse(StarPattern.matches("a", ""));
  }

  @Test
  void isWhatTheRegularExpressionSays() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 5_000; i++) {
      String pattern = text(random, "ab**", 6);
      String text = text(random, "ab", 8);

      assertEquals(
          text.matches(pattern.replace("*", ".*")), StarPattern.matches(pattern, text), pattern);
    }
  }

  private static String text(SplittableRandom random, String alphabet, int most) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  @Test
  void manyStarsEnd() {
    assertFalse(StarPattern.matches("*a".repeat(200) + "b", "a".repeat(5_000)));
  }
}
