package io.oriel.model.number;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.model.error.OrielException;
import io.oriel.testkit.Seed;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoFloatTest {
  @ParameterizedTest
  @CsvSource({
    "1,1,1", "0.1,0.1,0.1", "1e21,1000000000000000000000,1e+21",
        "123456789,123456789,1.23456789e+08",
    "1e-7,0.0000001,1e-07", "1.5e300,,1.5e+300", "NaN,NaN,NaN", "Infinity,+Inf,+Inf",
    "-Infinity,-Inf,-Inf", "-0.0,-0,-0", "0.00012,0.00012,0.00012", "5e-324,,5e-324",
    "9007199254740993,9007199254740992,9.007199254740992e+15"
  })
  void printsAsGo(double value, String fixed, String shortest) {
    if (fixed != null) {
      assertEquals(fixed, GoFloat.format(value));
    }
    assertEquals(shortest, GoFloat.formatShort(value));
  }

  @Test
  void readsWhatItPrints() {
    SplittableRandom random = Seed.random("gofloat");
    for (int i = 0; i < Seed.iterations(5000); i++) {
      double value = Double.longBitsToDouble(random.nextLong());

      assertEquals(value, GoFloat.parse(GoFloat.format(value)), Seed.replay(i));
      assertEquals(value, GoFloat.parse(GoFloat.formatShort(value)), Seed.replay(i));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "+inf,Infinity",
    "-INF,-Infinity",
    "nan,NaN",
    "0x1p4,16",
    ".5,0.5",
    "5.,5",
    "+1e3,1000"
  })
  void readsGoNumbers(String text, double value) {
    assertEquals(value, GoFloat.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1f", "1d", " 1", "1 ", "0x1", "1_000", "--1", "+", "e5"})
  void refuses(String text) {
    assertThrows(OrielException.class, () -> GoFloat.parse(text));
  }
}
