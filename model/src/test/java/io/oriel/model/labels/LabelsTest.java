package io.oriel.model.labels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void sortsByNameAndDropsEmptyValues() {
    Labels labels = Labels.of("z", "1", "__name__", "up", "gone", "", "a", "2");

    assertEquals("{__name__=\"up\", a=\"2\", z=\"1\"}", labels.toString());
    assertEquals("up", labels.metricName());
    assertEquals("", labels.get("gone"));
  }

  @Test
  void laterDuplicateWins() {
    assertEquals(Labels.of("a", "2"), Labels.of("a", "1", "a", "2"));
  }

  @Test
  void emptyValueRemovesInBuilder() {
    assertEquals(Labels.of("b", "1"), Labels.of("a", "1", "b", "1").with("a", ""));
  }

  @Test
  void equalContentHasEqualHash() {
    Labels one = Labels.of("a", "1", "b", "2");
    Labels other = Labels.empty().with("b", "2").with("a", "1");

    assertEquals(one, other);
    assertEquals(one.hash(), other.hash());
    assertNotEquals(one, Labels.of("a", "1", "b", "3"));
  }

  @Test
  void keepsAndDropsByName() {
    Labels labels = Labels.of("__name__", "up", "job", "node", "instance", "h:1");

    assertEquals(Labels.of("job", "node"), labels.keep(List.of("job")));
    assertEquals(Labels.of("job", "node", "instance", "h:1"), labels.withoutMetricName());
  }

  @Test
  void quotesNamesBeyondTheLegacyRule() {
    assertEquals("{\"my.name\"=\"a\\\"b\\n\"}", Labels.of("my.name", "a\"b\n").toString());
  }

  @Test
  void ordersStringsAsTheirUtf8Bytes() {
    SplittableRandom random = Seed.random("utf8order");
    for (int i = 0; i < Seed.iterations(2000); i++) {
      String a = text(random);
      String b = text(random);
      int want =
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

      assertEquals(Integer.signum(want), Integer.signum(Utf8Order.compare(a, b)), Seed.replay(i));
    }
  }

  @Test
  void prefixSortsFirst() {
    assertTrue(Labels.of("a", "1").compareTo(Labels.of("a", "1", "b", "1")) < 0);
  }

  private static String text(SplittableRandom random) {
    int[] alphabet = {'a', 'b', 0x7f, 0xe9, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
    StringBuilder out = new StringBuilder();
    for (int n = random.nextInt(4); n >= 0; n--) {
      out.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    return out.toString();
  }
}
