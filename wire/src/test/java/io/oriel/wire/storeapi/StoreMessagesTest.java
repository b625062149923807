package io.oriel.wire.storeapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import io.oriel.wire.storeapi.QueryResponse.ResultSeries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class StoreMessagesTest {
  @Test
  void everyMessageComesBackAsItWas() {
    assertEquals(StoreMessages.request(), SeriesRequest.read(StoreMessages.request().write()));
    assertEquals(StoreMessages.info(), InfoResponse.read(StoreMessages.info().write()));
    assertEquals(
        StoreMessages.query(false), QueryRequest.readInstant(StoreMessages.query(false).write()));
    assertEquals(
        StoreMessages.query(true), QueryRequest.readRange(StoreMessages.query(true).write()));
    StreamFrame<RuleGroup> rules = StreamFrame.of(StoreMessages.group());
    assertEquals(rules, RuleGroup.readFrame(RuleGroup.writeFrame(rules)));
    StreamFrame<TargetDiscovery> targets = StreamFrame.of(StoreMessages.targets());
    assertEquals(targets, TargetDiscovery.readFrame(TargetDiscovery.writeFrame(targets)));
    var metadata = StreamFrame.of(StoreMessages.metadata());
    assertEquals(metadata, MetadataRequest.readFrame(MetadataRequest.writeFrame(metadata)));
    var exemplars = StreamFrame.of(StoreMessages.exemplars());
    assertEquals(exemplars, ExemplarsRequest.readFrame(ExemplarsRequest.writeFrame(exemplars)));
    StreamFrame<RuleGroup> warning = StreamFrame.warning("part is missing");
    assertEquals(warning, RuleGroup.readFrame(RuleGroup.writeFrame(warning)));
  }

  @Test
  void requestsComeBackAsTheyWere() {
    RulesRequest rules =
        new RulesRequest(
            RulesRequest.Type.RECORD,
            PartialResponse.ABORT,
            List.of("{a=\"b\"}"),
            List.of("n"),
            List.of("g"),
            List.of("f"));
    assertEquals(rules, RulesRequest.read(rules.write()));
    MetadataRequest metadata = new MetadataRequest("up", -1, PartialResponse.ABORT);
    assertEquals(metadata, MetadataRequest.read(metadata.write()));
    ExemplarsRequest exemplars = new ExemplarsRequest("up", 1, 2, PartialResponse.ABORT);
    assertEquals(exemplars, ExemplarsRequest.read(exemplars.write()));
    assertEquals(
        TargetDiscovery.State.DROPPED,
        TargetDiscovery.readRequest(
            TargetDiscovery.request(TargetDiscovery.State.DROPPED, PartialResponse.WARN)));
    for (String label : List.of("", "job")) {
      LabelsRequest labels =
          new LabelsRequest(
              label,
              PartialResponse.ABORT,
              1,
              2,
              List.of(StoreMessages.MATCHER),
              List.of("replica"),
              5);
      assertEquals(
          labels,
          label.isEmpty()
              ? LabelsRequest.readNames(labels.write())
              : LabelsRequest.readValues(labels.write()));
    }
    LabelsResponse names = new LabelsResponse(List.of("a", "b"), List.of("c"));
    assertEquals(names, LabelsResponse.read(names.write()));
  }

  @Test
  void seriesComeBackAsTheyWere() {
    StoreSeries one = StoreMessages.series();
    StoreSeries other =
        new StoreSeries(Labels.of("a", "\uD83D\uDE00", "b", "x".repeat(300)), List.of());

    assertEquals(
        List.of(one), SeriesResponse.read(SeriesResponse.of(List.of(one)).write()).series());
    assertEquals(
        List.of(one, other),
        SeriesResponse.read(SeriesResponse.of(List.of(one, other)).write()).series());
    assertEquals("slow", SeriesResponse.read(SeriesResponse.warning("slow").write()).warning());
  }

  @Test
  void chunksAreViewsOfTheMessage() {
    ByteBuffer message = SeriesResponse.of(List.of(StoreMessages.series())).write();
    StoreChunk chunk = SeriesResponse.read(message).series().getFirst().chunks().getFirst().raw();

    for (int i = 0; i < message.limit(); i++) {
      message.put(i, (byte) 0x55);
    }

    assertEquals(0x55, chunk == null ? -1 : chunk.data().get(0));
  }

  @Test
  void queryResultsComeBackWithHistogramsInOrder() {
    SampleColumns rows = new SampleColumns();
    rows.add(1000, 1.5);
    rows.add(2000, NativeHistogram.builder().count(3).sum(7).build());
    rows.add(3000, Double.NaN);
    QueryResponse response =
        QueryResponse.of(List.of(new ResultSeries(StoreMessages.LABELS, rows)));

    ResultSeries back = QueryResponse.read(response.write()).series().getFirst();

    assertEquals(StoreMessages.LABELS, back.labels());
    assertEquals(3, back.samples().size());
    assertEquals(1.5, back.samples().values()[0]);
    assertEquals(rows.histogram(1), back.samples().histogram(1));
    assertEquals(3000, back.samples().timestamps()[2]);
  }

  /// Protobuf's own parser knows nothing of these codecs.
  @Test
  void fieldNumbersAreThoseOfTheProtocol() throws IOException {
    UnknownFieldSet request = fields(StoreMessages.request().write());
    assertEquals(
        Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), request.asMap().keySet());
    assertEquals(Set.of(1, 2, 4, 5), inner(request, 12).asMap().keySet());
    assertEquals(Set.of(1, 3), inner(inner(request, 12), 4).asMap().keySet());
    UnknownFieldSet series =
        inner(fields(SeriesResponse.of(List.of(StoreMessages.series())).write()), 1);
    assertEquals(Set.of(1, 2), series.asMap().keySet());
    UnknownFieldSet aggregated =
        UnknownFieldSet.parseFrom(series.getField(2).getLengthDelimitedList().get(1));
    assertEquals(Set.of(1, 2, 4, 5, 6, 7, 8), aggregated.asMap().keySet());
    assertEquals(2L, inner(aggregated, 5).getField(1).getVarintList().getFirst());
    assertEquals(
        Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14),
        with(fields(StoreMessages.query(true).write()).asMap().keySet()));
    assertEquals(
        Set.of(1, 2, 3, 4, 5, 6, 7, 8, 12),
        fields(StoreMessages.query(false).write()).asMap().keySet());
    assertEquals(Set.of(1, 2, 3, 4, 7), fields(StoreMessages.info().write()).asMap().keySet());
  }

  private static Set<Integer> with(Set<Integer> numbers) {
    return new TreeSet<>(numbers);
  }

  private static UnknownFieldSet fields(ByteBuffer message) throws IOException {
    return UnknownFieldSet.parseFrom(ByteString.copyFrom(message.duplicate()));
  }

  private static UnknownFieldSet inner(UnknownFieldSet set, int field) throws IOException {
    return UnknownFieldSet.parseFrom(set.getField(field).getLengthDelimitedList().getFirst());
  }

  @Test
  void anUnsortedPeerDoesNotBreakLabels() {
    byte[] label = {
      10, 6, 10, 1, 'b', 18, 1, 'x', 10, 6, 10, 1, 'a', 18, 1, 'y', 10, 3, 10, 1, 'c'
    };
    byte[] message = new byte[label.length + 2];
    message[0] = 10;
    message[1] = (byte) label.length;
    System.arraycopy(label, 0, message, 2, label.length);

    assertEquals(
        Labels.of("a", "y", "b", "x"),
        SeriesResponse.read(ByteBuffer.wrap(message)).series().getFirst().labels());
  }

  @Test
  void refusesChunkEncodingsItDoesNotKnow() {
    ByteBuffer message = StoreMessages.bytes(10, 6, 18, 4, 26, 2, 8, 3);

    OrielException refusal = assertThrows(OrielException.class, () -> SeriesResponse.read(message));

    assertEquals("chunk encoding: got 3, want 0 to 2", refusal.getMessage());
  }

  @Test
  void shardsPartitionAllSeries() {
    for (boolean by : new boolean[] {true, false}) {
      int[] sizes = new int[4];
      for (int i = 0; i < 4000; i++) {
        Labels series = Labels.of("__name__", "up", "pod", "p" + i % 1000, "x", "" + i);
        int takers = 0;
        for (int shard = 0; shard < 4; shard++) {
          if (new ShardInfo(shard, 4, by, List.of(by ? "pod" : "x")).takes(series)) {
            takers++;
            sizes[shard]++;
          }
        }
        assertEquals(1, takers);
      }
      for (int size : sizes) {
        assertTrue(size > 800 && size < 1200, () -> "uneven: " + size);
      }
    }
    assertTrue(ShardInfo.none().takes(Labels.empty()));
    assertFalse(new ShardInfo(5, 4, true, List.of()).takes(Labels.empty()));
  }

  @Test
  void hashesAreThoseOfTheSpecification() {
    assertEquals(0xEF46DB3751D8E999L, XxHash64.of(new byte[0], 0));
    assertEquals(0x44BC2CF5AD770999L, XxHash64.of(new byte[] {'a', 'b', 'c'}, 3));
    byte[] text = "Nobody inspects the spammish repetition".getBytes(StandardCharsets.US_ASCII);
    assertEquals(0xFBCEA83C8A378BF1L, XxHash64.of(text, text.length));
  }

  @Test
  void brokenBytesAreRefusedAndNothingElseHappens() {
    List<ByteBuffer> good = new ArrayList<>();
    good.add(StoreMessages.request().write());
    good.add(SeriesResponse.of(List.of(StoreMessages.series(), StoreMessages.series())).write());
    good.add(StoreMessages.info().write());
    good.add(RuleGroup.writeFrame(StreamFrame.of(StoreMessages.group())));
    good.add(TargetDiscovery.writeFrame(StreamFrame.of(StoreMessages.targets())));
    good.add(StoreMessages.query(true).write());
    List<Function<ByteBuffer, Object>> readers =
        List.of(
            SeriesRequest::read,
            SeriesResponse::read,
            InfoResponse::read,
            RuleGroup::readFrame,
            TargetDiscovery::readFrame,
            MetadataRequest::readFrame,
            ExemplarsRequest::readFrame,
            QueryRequest::readInstant,
            QueryRequest::readRange,
            QueryResponse::read,
            RulesRequest::read,
            LabelsRequest::readNames,
            LabelsRequest::readValues,
            LabelsResponse::read);
    int refused = 0;
    int taken = 0;
    for (int n = 0; n < Seed.iterations(20_000); n++) {
      SplittableRandom random = Seed.random("broken" + n);
      ByteBuffer source = good.get(random.nextInt(good.size()));
      byte[] bytes = new byte[random.nextInt(source.remaining() + 1)];
      source.get(source.position(), bytes);
      for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Object message = readers.get(random.nextInt(readers.size())).apply(ByteBuffer.wrap(bytes));
        taken += message.hashCode() == 0 ? 0 : 1;
      } catch (OrielException e) {
        refused++;
      }
    }
    assertTrue(refused > 1000 && taken > 300, refused + " refused, " + taken + " taken");
  }
}
