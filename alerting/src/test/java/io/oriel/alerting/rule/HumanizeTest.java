package io.oriel.alerting.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanizeTest {
  @ParameterizedTest
  @CsvSource({
    "0,0,0,0s,0%", "1,1,1,1s,100%", "1234567,1.235M,1.177Mi,14d 6h 56m 7s,1.235e+08%",
    ".12,120m,0.12,120ms,12%", "60,60,60,1m 0s,6000%", "3661,3.661k,3.575ki,1h 1m 1s,3.661e+05%",
    "-0.0001,-100u,-0.0001,-100us,-0.01%", "1048576,1.049M,1Mi,12d 3h 16m 16s,1.049e+08%"
  })
  void speaksPrometheusWords(
      double value, String si, String binary, String duration, String percentage) {
    assertEquals(si, Humanize.si(value));
    assertEquals(binary, Humanize.binary(value));
    assertEquals(duration, Humanize.duration(value));
    assertEquals(percentage, Humanize.percentage(value));
  }

  @ParameterizedTest
  @CsvSource({
    "1435065584.128,2015-06-23 13:19:44.128 +0000 UTC",
    "0,1970-01-01 00:00:00 +0000 UTC"
  })
  void printsTimes(double seconds, String text) {
    assertEquals(text, Humanize.timestamp(seconds));
  }

  @ParameterizedTest
  @CsvSource({"3661.5,1h1m1.5s", "0.25,250ms", "0,0s", "60,1m0s", "-90,-1m30s"})
  void printsGoDurations(double seconds, String text) {
    assertEquals(text, Humanize.goDuration(seconds));
  }
}
