package io.oriel.wire.exposition;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.labels.LabelsBuilder;
import io.oriel.testkit.Seed;
import io.oriel.wire.exposition.ExpositionParser.Entry;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Every parser survives anything: it ends, and refuses only with its own exception.
class ExpositionFuzzTest {
  private static final String GOOD =
      """
      # HELP a \\\\help
      # TYPE a histogram
      a_bucket{le="1",x="\\"y"} 1 # {id="1"} 0.5 3
      a_bucket{le="+Inf"} 2 1.5
      a_count 2
      {"a.b","c"="d"} NaN
      # EOF
      """;
  private static final byte[] PARTS =
      "{}\"\\= ,#\n\tae_:1.0-+NnIf\u00ff".getBytes(StandardCharsets.UTF_8);

  @Test
  void survivesMutatedText() {
    SplittableRandom random = Seed.random("ExpositionFuzz.text");
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      byte[] bytes = mutate(GOOD.getBytes(StandardCharsets.UTF_8), random);
      for (ScrapeProtocol protocol : ScrapeProtocol.DEFAULT) {
        drain(protocol, bytes, random.nextBoolean(), i);
      }
      check(bytes);
    }
  }

  private static void check(byte[] bytes) {
    try {
      OpenMetricsCheck.check(bytes);
    } catch (ExpositionException e) {
      assertTrue(e.line() > 0, e.reason());
    }
  }

  @Test
  void survivesMutatedProtobuf() throws Exception {
    SplittableRandom random = Seed.random("ExpositionFuzz.protobuf");
    byte[] good = ExpositionParserTest.nativeFamily();
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      drain(ScrapeProtocol.PROMETHEUS_PROTO, mutate(good, random), random.nextBoolean(), i);
    }
  }

  private static byte[] mutate(byte[] good, SplittableRandom random) {
    byte[] bytes = java.util.Arrays.copyOf(good, random.nextInt(1, good.length + 1));
    for (int n = random.nextInt(6); n > 0; n--) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          random.nextInt(4) == 0 ? (byte) random.nextInt() : PARTS[random.nextInt(PARTS.length)];
    }
    return bytes;
  }

  private static void drain(ScrapeProtocol protocol, byte[] bytes, boolean all, int iteration) {
    ParserOptions options = new ParserOptions(all, true, all, all, all);
    LabelsBuilder labels = new LabelsBuilder();
    try {
      ExpositionParser parser = Exposition.parser(bytes, bytes.length, protocol, options);
      int entries = 0;
      for (Entry entry = parser.next(); entry != Entry.END; entry = parser.next()) {
        if (entry == Entry.SERIES || entry == Entry.HISTOGRAM) {
          parser.labels(labels);
          parser.seriesHash();
          parser.startMillis();
        }
        if (++entries > 10 * bytes.length + 100) {
          throw new AssertionError("does not end; " + Seed.replay(iteration));
        }
      }
    } catch (ExpositionException e) {
      assertTrue(e.column() >= 0, e.reason());
    } catch (RuntimeException e) {
      throw new AssertionError(protocol + ": " + Seed.replay(iteration), e);
    }
  }
}
