package io.oriel.traces.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.Span;
import io.oriel.traces.assemble.Spans;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.elastic.BulkWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpanItemsTest {
  private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");

  private static SpanItemMaker maker(Rotation rotation) {
    return new SpanItemMaker(
        new IndexNames("p", rotation),
        TagFields.none(),
        new KnownServices(Duration.ofHours(1)),
        () -> NOW);
  }

  private static Span span(long id) {
    return Spans.of(id, 0, "shop", NOW.toEpochMilli() + id, NOW.toEpochMilli() + id + 5);
  }

  private static List<Span> spans(long count) {
    return LongStream.rangeClosed(1, count).mapToObj(SpanItemsTest::span).toList();
  }

  private static String item(SpanItems items, int i) {
    return new String(
        items.bytes(), items.start(i), items.start(i + 1) - items.start(i), StandardCharsets.UTF_8);
  }

  private static String expected(BulkOp op, String index, String id, String document)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new BulkWriter(out).action(BulkAction.of(op, index, id));
    return out.toString(StandardCharsets.UTF_8) + document + "\n";
  }

  private static List<Integer> kinds(SpanItems items) {
    List<Integer> kinds = new ArrayList<>();
    for (int i = 0; i < items.count(); i++) {
      kinds.add(items.isSpan(i) ? 1 : 0);
    }
    return kinds;
  }

  /// A hash with zeros at its beginning is shorter; one span in sixteen has one.
  @Test
  void aSpanIsItsActionAndTheDocumentUnderJaegersId() throws IOException {
    SpanEncoder encoder = new SpanEncoder(TagFields.none());
    SpanItems items = maker(Rotation.PERIODIC).of(spans(100));
    int shorter = 0;
    for (int i = 1; i < items.count(); i += 2) {
      Span span = span((i + 1) / 2);
      byte[] document = encoder.encode(span);
      String id = SpanEncoder.id(span, document);
      shorter += id.length() < 32 + 16 + 16 + 2 ? 1 : 0;

      assertEquals(
          expected(
              BulkOp.INDEX,
              "p-jaeger-span-2026-01-31",
              id,
              new String(document, StandardCharsets.UTF_8)),
          item(items, i).replaceFirst(" *\n", "\n"));
    }
    assertTrue(shorter > 0, "some hash is short");
    assertEquals(100, items.spans());
    assertEquals(items.sizeBytes(), items.start(items.count()));
  }

  @Test
  void aDataStreamIsToldWhenAndTheIdIsTheSame() throws IOException {
    Span span = span(1);
    byte[] document = new SpanEncoder(TagFields.none()).encode(span);
    SpanItems items = maker(Rotation.DATA_STREAM).of(List.of(span));

    assertEquals(
        expected(
            BulkOp.CREATE,
            "p.jaeger.spans",
            SpanEncoder.id(span, document),
            "{\"@timestamp\":\"2026-01-31T10:00:00.001Z\","
                + new String(document, StandardCharsets.UTF_8).substring(1)),
        item(items, 1).replaceFirst(" *\n", "\n"));
  }

  @Test
  void aServiceIsWrittenBeforeItsFirstSpanAndNotAgain() {
    SpanItemMaker maker = maker(Rotation.ALIAS);
    SpanItems first = maker.of(List.of(span(1), span(1), span(2)));

    assertEquals(List.of(0, 1, 1, 0, 1), kinds(first));
    assertTrue(
        item(first, 0).endsWith("\n{\"serviceName\":\"shop\",\"operationName\":\"op-1\"}\n"),
        () -> item(first, 0));
    assertTrue(item(first, 0).contains("\"p-jaeger-service-write\""), () -> item(first, 0));
    assertEquals(List.of(1, 1), kinds(maker.of(List.of(span(2), span(1)))));
  }

  @Test
  void aServiceThatIsNotSentAfterAllIsWrittenAgain() {
    SpanItemMaker maker = maker(Rotation.ALIAS);
    maker.forget(maker.of(List.of(span(1))));

    assertEquals(List.of(0, 1), kinds(maker.of(List.of(span(1)))));
  }

  @Test
  void itemsStayAsTheyAreWhenOthersAreMade() {
    SpanItemMaker maker = maker(Rotation.ALIAS);
    SpanItems items = maker.of(spans(3));
    byte[] before = Arrays.copyOf(items.bytes(), items.sizeBytes());
    SpanItems more = maker.of(spans(200));

    assertArrayEquals(before, items.bytes());
    assertFalse(more.sizeBytes() == items.sizeBytes());
  }
}
