package io.oriel.traces.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Seed;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.KnownServices;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanItemMaker;
import io.oriel.traces.index.SpanItems;
import io.oriel.traces.index.TagFields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PortionTest {
  private final SplittableRandom random = Seed.random("portions");
  private final SpanItemMaker maker =
      new SpanItemMaker(
          new IndexNames("", Rotation.ALIAS),
          TagFields.none(),
          new KnownServices(Duration.ofHours(1)),
          InstantSource.system());

  private List<SpanItems> some() {
    List<SpanItems> all = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int first = random.nextInt(20);
      all.add(
          maker.of(
              LongStream.range(first, first + random.nextInt(1, 9))
                  .mapToObj(id -> Spans.of(id, 0, "s".repeat(1 + (int) id), id, id + 1))
                  .toList()));
    }
    return all;
  }

  private static List<String> items(Portion portion) {
    List<String> items = new ArrayList<>();
    portion.forEach(
        (all, i) ->
            items.add(
                new String(
                    all.bytes(),
                    all.start(i),
                    all.start(i + 1) - all.start(i),
                    StandardCharsets.UTF_8)));
    return items;
  }

  private static int spans(List<String> items) {
    return (int) items.stream().filter(item -> item.contains("-span-")).count();
  }

  @Test
  void partsAreThoseOfTheListOfAllItems() {
    for (int round = 0; round < 500; round++) {
      Portion whole = Portion.of(some());
      List<String> all = items(whole);
      int from = random.nextInt(all.size() + 1);
      int to = random.nextInt(from, all.size() + 1);
      Portion part = whole.part(from, to);

      assertEquals(all.subList(from, to), items(part));
      assertEquals(to - from, part.count());
      assertEquals(spans(all.subList(from, to)), part.spans());
      assertEquals(spans(all), whole.spans());
      assertEquals(
          String.join("", all.subList(from, to)).getBytes(StandardCharsets.UTF_8).length,
          part.body().sizeBytes());
      assertEquals(to - from, part.body().items());
    }
  }

  @Test
  void asManyFitAsHaveRoomAndOneAlways() {
    for (int round = 0; round < 500; round++) {
      Portion whole = Portion.of(some());
      long room = random.nextInt(4000);
      int fitting = whole.fitting(room);

      assertTrue(fitting == 1 || whole.part(0, fitting).body().sizeBytes() <= room);
      assertTrue(fitting == whole.count() || whole.part(0, fitting + 1).body().sizeBytes() > room);
    }
  }

  @Test
  void whatIsPickedKeepsItsOrder() {
    for (int round = 0; round < 100; round++) {
      Portion whole = Portion.of(some());
      Portion.Builder picked = new Portion.Builder();
      List<String> want = new ArrayList<>();
      List<String> all = items(whole);
      int[] at = {0};
      whole.forEach(
          (items, i) -> {
            if (random.nextInt(3) > 0) {
              picked.add(items, i);
              want.add(all.get(at[0]));
            }
            at[0]++;
          });

      assertEquals(want, items(picked.build()));
    }
  }
}
