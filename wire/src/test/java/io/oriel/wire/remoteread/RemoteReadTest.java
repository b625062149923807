package io.oriel.wire.remoteread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RemoteReadTest {
  private static final ReadRequest REQUEST =
      new ReadRequest(
          List.of(
              new ReadRequest.Query(
                  1000,
                  2000,
                  List.of(Matcher.metric("up"), Matcher.of(Matcher.Type.NOT_REGEX, "job", "a.*|b")),
                  new SelectHints(900, 2100, 15, 300, "rate", List.of("x"), true, 0, true))),
          true);

  @Test
  void requestsSurviveTheWire() {
    assertEquals(REQUEST, ReadRequest.read(REQUEST.write()));
  }

  @Test
  void samplesSurviveTheWire() {
    SampledResponse response = new SampledResponse();
    SampleColumns samples = new SampleColumns();
    samples.add(5, 1.25);
    samples.add(-6, Double.NEGATIVE_INFINITY);
    response.beginQuery();
    response.series(Labels.of("__name__", "up"), samples);
    response.beginQuery();

    List<String> seen = new ArrayList<>();
    SampledResponse.read(
        response.finish(),
        (labels, read) ->
            seen.add(
                labels
                    + Arrays.toString(Arrays.copyOf(read.timestamps(), read.size()))
                    + Arrays.toString(Arrays.copyOf(read.values(), read.size()))));

    assertEquals(List.of("{__name__=\"up\"}[5, -6][1.25, -Infinity]"), seen);
  }

  @Test
  void framesSurviveTheWireAndDamageShows() throws IOException {
    ChunkedResponse.Frame frame =
        new ChunkedResponse.Frame(
            1,
            Labels.of("__name__", "up"),
            List.of(new EncodedChunk(1, 9, ChunkEncoding.XOR, ByteBuffer.wrap(new byte[] {0, 1}))));
    byte[] bytes = ChunkedResponse.frame(frame);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);

    assertEquals(frame, ChunkedResponse.read(in, 1000));
    assertNull(ChunkedResponse.read(in, 1000));
    bytes[bytes.length - 1]++;
    OrielException damaged =
        assertThrows(
            OrielException.class,
            () -> ChunkedResponse.read(new ByteArrayInputStream(bytes), 1000));
    assertTrue(damaged.reason().startsWith("frame checksum: got 0x"), damaged.reason());
    assertThrows(
        OrielException.class, () -> ChunkedResponse.read(new ByteArrayInputStream(bytes), 10));
  }

  @Test
  void survivesDamage() {
    SplittableRandom random = Seed.random("remoteread");
    byte[] good = REQUEST.write();
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int n = random.nextInt(5); n > 0 && bytes.length > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        ReadRequest.read(bytes);
      } catch (OrielException e) {
        assertTrue(e.getMessage() != null);
      } catch (RuntimeException e) {
        throw new AssertionError(Seed.replay(i), e);
      }
    }
  }
}
