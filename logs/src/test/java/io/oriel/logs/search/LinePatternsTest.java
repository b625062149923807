package io.oriel.logs.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinePatternsTest {
  private final LinePatterns patterns = new LinePatterns();

  @Test
  void linesThatDifferInValuesAreOne() {
    for (int i = 0; i < 10; i++) {
      patterns.add("GET /users/" + i + " took " + i + "ms from 10.0.0." + i);
      patterns.add("connection to db-" + i + " lost: " + (i % 2 == 0 ? "timeout" : "refused"));
    }
    patterns.add("started");
    patterns.add("");

    assertEquals(
        List.of(
            new LinePatterns.Pattern(
                "GET <*> took <*> from <*>", 10, "GET /users/0 took 0ms from 10.0.0.0"),
            new LinePatterns.Pattern(
                "connection to <*> lost: <*>", 10, "connection to db-0 lost: timeout")),
        patterns.most(2).stream()
            .sorted(java.util.Comparator.comparing(LinePatterns.Pattern::text))
            .toList());
    assertEquals(4, patterns.most(10).size());
  }

  @Test
  void linesOfOtherLengthOrStartAreNot() {
    patterns.add("cache miss for key");
    patterns.add("cache miss for");
    patterns.add("queue miss for key");

    assertEquals(3, patterns.most(10).size());
  }

  @Test
  void areBounded() {
    for (int i = 0; i < 1_100; i++) {
      patterns.add(Character.toString((char) ('㐀' + i)) + " x");
    }

    assertEquals(1_000, patterns.most(5_000).size());
    assertEquals(100, patterns.unassigned());
  }
}
