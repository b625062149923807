package io.oriel.federation.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Conformance;
import io.oriel.tsdb.chunk.ChunkDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two replicas as a StoreAPI sent them, one taking over from the other, and what Thanos' API
/// answers for them (its issue 2890).
class DeduplicationGoldenTest {
  private static final Pattern CHUNK = Pattern.compile("\"data\":\"([^\"]+)\"");
  private static final Pattern POINT =
      Pattern.compile("\\[\\s*(\\d+),\\s*\"([^\"]+)\"\\s*]", Pattern.DOTALL);

  /** How far back an instant selector looked when the expected answer was made. */
  private static final long LOOKBACK_MILLIS = 3_600_000;

  @ParameterizedTest
  @EnumSource
  void answersWhatThanosAnswers(Deduplication how) throws IOException {
    List<SampleColumns> replicas = new ArrayList<>();
    Matcher chunk = CHUNK.matcher(read("issue2890-seriesresponses.json"));
    while (chunk.find()) {
      byte[] data = Base64.getDecoder().decode(chunk.group(1));
      SampleColumns rows = new SampleColumns();
      new ChunkDecoder()
          .decode(ChunkEncoding.XOR, data, data.length, rows, Long.MIN_VALUE, Long.MAX_VALUE);
      replicas.add(rows);
    }
    SampleColumns merged = new SampleColumns();

    how.merge(replicas, merged);

    int points = 0;
    Matcher point = POINT.matcher(read("issue2890-expected-dedup.json"));
    while (point.find()) {
      long at = Long.parseLong(point.group(1)) * 1000;
      assertEquals(Double.parseDouble(point.group(2)), valueAt(merged, at), how + " at " + at);
      points++;
    }
    assertTrue(points > 300);
    System.out.println("dedup " + how.flag() + ": " + points + " points of Thanos' answer equal");
  }

  private static String read(String name) throws IOException {
    return Files.readString(Conformance.require("metrics/thanos/dedup/" + name));
  }

  private static double valueAt(SampleColumns rows, long at) {
    double value = Double.NaN;
    for (int i = 0; i < rows.size() && rows.timestamps()[i] <= at; i++) {
      value = rows.timestamps()[i] > at - LOOKBACK_MILLIS ? rows.values()[i] : Double.NaN;
    }
    return value;
  }
}
