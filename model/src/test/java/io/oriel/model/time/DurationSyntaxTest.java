package io.oriel.model.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.model.error.OrielException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationSyntaxTest {
  @ParameterizedTest
  @CsvSource({
    "0,0,0s",
    "0s,0,0s",
    "324ms,324,324ms",
    "3s,3000,3s",
    "5m,300000,5m",
    "1h,3600000,1h",
    "4d,345600000,4d",
    "4d1h,349200000,97h",
    "14d,1209600000,2w",
    "3w,1814400000,3w",
    "3w2d1h,1990800000,553h",
    "10y,315360000000,10y",
    "1h30m,5400000,1h30m",
    "90m,5400000,1h30m",
    "1s500ms,1500,1s500ms"
  })
  void parsesAndPrints(String text, long millis, String printed) {
    assertEquals(millis, DurationSyntax.parseMillis(text));
    assertEquals(printed, DurationSyntax.format(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "1y1m1d",
        "-1w",
        "1.5d",
        "d",
        "294y",
        "200y10400w",
        "107675d",
        "2584200h",
        "1s1m",
        " 1s"
      })
  void refuses(String text) {
    assertThrows(OrielException.class, () -> DurationSyntax.parseMillis(text));
  }

  @Test
  void refusesEmptyByName() {
    OrielException refused =
        assertThrows(OrielException.class, () -> DurationSyntax.parseMillis(""));

    assertEquals("empty duration string", refused.getMessage());
  }
}
