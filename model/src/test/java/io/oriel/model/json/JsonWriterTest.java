package io.oriel.model.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.labels.Labels;
import io.oriel.model.number.GoFloat;
import io.oriel.testkit.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonWriterTest {
  private static String text(JsonWriter json) {
    return new String(json.toBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void putsCommasWhereTheyBelong() {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("a").number(1).name("b").beginArray();
    json.string("x\"\\\n\u0001é\ud83d\ude00").bool(true).nothing().point(1500, 2.5).endArray();
    json.name("c").labels(Labels.of("l", "v", "__name__", "n")).endObject();

    assertEquals(
        "{\"a\":1,\"b\":[\"x\\\"\\\\\\n\\u0001é\ud83d\ude00\",true,null,[1.500,\"2.5\"]],"
            + "\"c\":{\"__name__\":\"n\",\"l\":\"v\"}}",
        text(json));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "-0.0,-0",
    "1,1",
    "1e20,100000000000000000000",
    "1e21,1e+21",
    "1e-6,0.000001",
    "1e-7,1e-07",
    "0.1,0.1",
    "123456789.125,123456789.125",
    "NaN,NaN",
    "Infinity,+Inf",
    "-Infinity,-Inf",
    "9007199254740993,9007199254740992",
    "0.001,0.001",
    "12345678.5,12345678.5"
  })
  void samplesAsPrometheus(double value, String text) {
    assertEquals("\"" + text + "\"", text(new JsonWriter().sample(value)));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1000,1",
    "1500,1.500",
    "-1,-0.001",
    "1435781430781,1435781430.781",
    "-1500,-1.500"
  })
  void timesInSeconds(long millis, String text) {
    assertEquals(text, text(new JsonWriter().time(millis)));
  }

  @Test
  void samplesAreReadBackTheSame() {
    SplittableRandom random = Seed.random("json");
    for (int i = 0; i < Seed.iterations(5000); i++) {
      double value =
          random.nextBoolean()
              ? Double.longBitsToDouble(random.nextLong())
              : random.nextLong(1L << 50) / Math.pow(10, random.nextInt(12));
      String written = text(new JsonWriter().sample(value));

      assertEquals(
          value, GoFloat.parse(written.substring(1, written.length() - 1)), Seed.replay(i));
    }
  }

  @Test
  void samplesAreShortestDecimals() {
    SplittableRandom random = Seed.random("plain");
    for (int i = 0; i < Seed.iterations(5000); i++) {
      double value = random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-5, 21));
      String plain = new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();

      if (Math.abs(value) >= 1e-6) {
        assertEquals("\"" + plain + "\"", text(new JsonWriter().sample(value)), Seed.replay(i));
      }
    }
  }

  @Test
  void pointsOfAGridAreThoseWrittenOneByOne() throws IOException {
    JsonWriter.Times times = new JsonWriter.Times(-2500, 1250, 5);
    double[] values = {1, 1, Double.NaN, 2.5, 2.5};
    JsonWriter grid = new JsonWriter().beginArray();
    JsonWriter single = new JsonWriter().beginArray();
    ByteArrayOutputStream drained = new ByteArrayOutputStream();

    for (int i = 0; i < values.length; i++) {
      grid.point(times, i, values[i]);
      grid.drainTo(drained);
      single.point(-2500 + i * 1250, values[i]);
    }
    grid.endArray().drainTo(drained);

    assertEquals(text(single.endArray()), drained.toString(StandardCharsets.UTF_8));
  }

  @Test
  void longTextGrowsTheBuffer() {
    String long1 = "é\n".repeat(1000);
    JsonWriter json = new JsonWriter(1).string(long1);

    assertEquals("\"" + "é\\n".repeat(1000) + "\"", text(json));
  }

  @Test
  void escapesWhatHasToBeWhereverItStands() {
    String[] parts = {
      "a",
      " plain text of some length ",
      "\"",
      "\\",
      "\n",
      "\r",
      "\t",
      "\u0000",
      "\u001f",
      " ",
      "\u007f",
      "\u0080",
      "é",
      "\u2027",
      "\u2028",
      "\u2029",
      "\u202a",
      "€",
      "\ud83d\ude00",
      "\ud800"
    };
    SplittableRandom random = Seed.random("escapes");
    for (int i = 0; i < Seed.iterations(5000); i++) {
      StringBuilder in = new StringBuilder();
      StringBuilder out = new StringBuilder("\"");
      for (int n = random.nextInt(12); n > 0; n--) {
        String part = parts[random.nextInt(parts.length)];
        in.append(part);
        out.append(escaped(part));
      }

      assertEquals(out.append('"').toString(), text(new JsonWriter(1).string(in.toString())));
    }
  }

  @Test
  void namesThatAreMadeOnceAreWrittenAsOthersAre() {
    JsonWriter.Name key = JsonWriter.Name.of("a \"key\"");
    JsonWriter.Name value = JsonWriter.Name.of("type", "string", "value");
    JsonWriter json = new JsonWriter(1);
    json.beginArray();
    for (int i = 0; i < 50; i++) {
      json.beginObject().name(key).number(i).name(value).string("x").endObject();
    }
    json.endArray();
    StringBuilder want = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      want.append(i == 0 ? "[" : ",");
      want.append("{\"a \\\"key\\\"\":" + i + ",\"type\":\"string\",\"value\":\"x\"}");
    }

    assertEquals(want.append("]").toString(), text(json));
  }

  private static String escaped(String part) {
    return switch (part) {
      case "\"" -> "\\\"";
      case "\\" -> "\\\\";
      case "\n" -> "\\n";
      case "\r" -> "\\r";
      case "\t" -> "\\t";
      case "\u0000", "\u001f", "\u007f", "\u2028", "\u2029" ->
          "\\u%04x".formatted((int) part.charAt(0));
      case "\ud800" -> "?";
      default -> part;
    };
  }
}
