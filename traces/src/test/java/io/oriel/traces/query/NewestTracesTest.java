package io.oriel.traces.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.search.client.SearchAnswer;
import io.oriel.search.query.SearchRequest;
import io.oriel.traces.index.TagFields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NewestTracesTest {
  private static final String PREFIX = "newest";

  /** Noon of a day, so that the spans of few hours fill one index. */
  private static final long NOON = Instant.parse("2026-03-02T12:00:00Z").toEpochMilli() * 1000;

  private static final int TRACES = 300;
  private static final int LONG_SPANS = 1_500;
  private static final int LONGER_SPANS = 11_000;

  private int questions;
  private int grouped;

  /// Many short traces, those of each ten at the same microsecond; newer than all of them two long
  /// ones with their spans by turns; and newer still a longer one.
  @BeforeAll
  static void write() throws InterruptedException {
    List<Span> spans = new ArrayList<>();
    for (int trace = 0; trace < TRACES; trace++) {
      for (int i = 1; i <= 3; i++) {
        spans.add(span(trace + 1, i, NOON + trace / 10 * 1_000L));
      }
    }
    for (int i = 1; i <= LONG_SPANS; i++) {
      spans.add(span(1_001, i, NOON + 60_000_000 + i * 1_000L));
      spans.add(span(1_002, i, NOON + 60_000_500 + i * 1_000L));
    }
    for (int i = 1; i <= LONGER_SPANS; i++) {
      spans.add(span(1_003, i, NOON + 3_600_000_000L + i * 1_000L));
    }
    SharedEngine.get().write(PREFIX, TagFields.none(), spans);
  }

  private static Span span(long trace, long id, long startMicros) {
    return new Span(
        new TraceId(0, trace),
        id,
        id == 1 ? 0 : 1,
        "",
        1,
        "work",
        SpanKind.INTERNAL,
        startMicros * 1_000,
        startMicros * 1_000 + 1,
        SpanStatus.UNSET,
        Attributes.empty(),
        List.of(),
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(Attributes.builder().add("service.name", "s").build()),
        new Scope("", "", Attributes.empty(), 0, ""));
  }

  private List<FoundTrace> find(TimeWindow started, int limit) throws InterruptedException {
    TraceQuery wanted = TraceQuery.during(started, limit);
    return new NewestTraces(
            new SpanSources(List.of(PREFIX)).targets(SpanSources.Store.SPANS), this::ask)
        .find(new SpanQueries(TagFields.none()).matching(wanted), started, limit);
  }

  private SearchAnswer ask(SearchRequest request) throws InterruptedException {
    questions++;
    grouped += request.sorts().isEmpty() ? 1 : 0;
    return SharedEngine.get().client().documents().search(request);
  }

  private static List<Long> ids(List<FoundTrace> found) {
    return found.stream().map(trace -> trace.id().low()).toList();
  }

  private static TimeWindow until(long micros) {
    return new TimeWindow(NOON - 1_000_000, micros);
  }

  @Test
  void takesTheNewestOfManyFromOnePage() throws Exception {
    List<FoundTrace> found = find(until(NOON + 1_000_000), 25);

    assertEquals(1, questions);
    assertEquals(
        List.of(291L, 292L, 293L, 294L, 295L, 296L, 297L, 298L, 299L, 300L),
        ids(found).subList(0, 10).stream().sorted().toList());
    assertEquals(25, found.size());
    assertTrue(ids(found).stream().allMatch(id -> id > 270), () -> ids(found).toString());
  }

  @Test
  void looksADayAroundAllThatMayMatch() throws Exception {
    TimeWindow started = until(NOON + 29_000);
    TimeWindow window = find(started, 1).getFirst().window();

    long day = Duration.ofDays(1).toMillis() * 1_000;
    assertEquals(new TimeWindow(started.fromMicros() - day, NOON + 29_000 + day), window);
    assertEquals(Long.MIN_VALUE, find(TimeWindow.ALWAYS, 1).getFirst().window().fromMicros());
  }

  @Test
  void findsAllWhereThereAreFewer() throws Exception {
    assertEquals(TRACES, find(until(NOON + 1_000_000), 1_000).size());
    assertEquals(List.of(), find(new TimeWindow(0, 1), 1_000));
    assertEquals(0, grouped);
  }

  @Test
  void asksForMoreWhereLongTracesHaveTheNewest() throws Exception {
    // 30, 300 and 3,000 spans, of which two traces have 3,000
    assertEquals(List.of(1_002L, 1_001L), ids(find(until(NOON + 120_000_000), 3)).subList(0, 2));
    assertEquals(4, questions);
    assertEquals(0, grouped);
  }

  @Test
  void groupsWhereALongTraceHasAllOfTheNewest() throws Exception {
    assertEquals(List.of(1_003L, 1_002L), ids(find(TimeWindow.ALWAYS, 2)));
    assertEquals(5, questions);
    assertEquals(1, grouped);
    assertEquals(TRACES + 3, find(TimeWindow.ALWAYS, 1_000).size());
  }
}
