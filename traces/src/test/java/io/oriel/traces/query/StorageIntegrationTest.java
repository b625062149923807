package io.oriel.traces.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.testkit.Conformance;
import io.oriel.traces.assemble.Trace;
import io.oriel.traces.assemble.TraceSummary;
import io.oriel.traces.index.TagFields;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Jaeger's own test of a storage: all fixtures are written, and each query returns the traces that
/// it names and no others. Upstream moves the fixtures' days to yesterday and the day before.
class StorageIntegrationTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String NESTED = "integration-test";
  private static final String FLAT = "integration-flat";
  private static final Map<String, Trace> FIXTURES = new TreeMap<>();

  @BeforeAll
  static void writeAll() throws IOException, InterruptedException {
    try (Stream<Path> files = Files.list(data("traces"))) {
      for (Path file : files.sorted().toList()) {
        List<Span> spans =
            OtlpTraces.readJson(moved(file).getBytes(StandardCharsets.UTF_8)).spans();
        FIXTURES.put(
            file.getFileName().toString().replace(".json", ""),
            new Trace(spans.getFirst().traceId(), spans));
      }
    }
    List<Span> all = FIXTURES.values().stream().flatMap(trace -> trace.spans().stream()).toList();
    SharedEngine.get().write(NESTED, TagFields.none(), all);
    SharedEngine.get().write(FLAT, TagFields.everything(), all);
  }

  private static Trace fixture(String name) {
    return Optional.ofNullable(FIXTURES.get(name)).orElseThrow();
  }

  private static Path data(String name) {
    return Conformance.require("traces/jaeger/storage-integration/" + name);
  }

  private static LocalDate yesterday() {
    return LocalDate.now(ZoneOffset.UTC).minusDays(1);
  }

  /// Texts have dates, OTLP has nanoseconds.
  private static String moved(Path file) throws IOException {
    String text = Files.readString(file);
    text =
        text.replace("2017-01-26", yesterday().toString())
            .replace("2017-01-25", yesterday().minusDays(1).toString());
    long days = ChronoUnit.DAYS.between(LocalDate.parse("2017-01-26"), yesterday());
    return java.util.regex.Pattern.compile("(UnixNano\": \")(148\\d{16})\"")
        .matcher(text)
        .replaceAll(
            found ->
                found.group(1)
                    + (Long.parseLong(found.group(2)) + days * 86_400_000_000_000L)
                    + "\"");
  }

  private static TraceStore store(String prefix) {
    return new TraceStore(
        SharedEngine.get().client(),
        new SpanSources(List.of(prefix)),
        TagFields.none(),
        // the fixtures are recent whatever the hour at which this runs
        InstantSource.fixed(yesterday().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()));
  }

  @TestFactory
  Stream<DynamicTest> findsExactlyTheExpectedTraces() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String file : List.of("queries.json", "queries_es.json")) {
      for (JsonNode each : JSON.readTree(moved(data(file)))) {
        for (String prefix : List.of(NESTED, FLAT)) {
          tests.add(
              DynamicTest.dynamicTest(
                  each.path("Caption").asString() + " (" + prefix + ")",
                  () -> check(store(prefix), each)));
        }
      }
    }
    return tests.stream();
  }

  private static void check(TraceStore store, JsonNode each) throws Exception {
    Map<TraceId, Set<Span>> expected = new TreeMap<>();
    for (JsonNode name : each.path("ExpectedFixtures")) {
      Trace fixture = fixture(name.asString());
      expected.put(fixture.id(), Set.copyOf(fixture.spans()));
    }

    Map<TraceId, Set<Span>> found = new TreeMap<>();
    store.read(
        store.find(query(each.path("Query"))),
        1000,
        trace -> found.put(trace.id(), Set.copyOf(trace.spans())));

    assertEquals(expected.keySet(), found.keySet());
    assertEquals(ids(expected), ids(found));
  }

  private static Map<TraceId, Set<Long>> ids(Map<TraceId, Set<Span>> traces) {
    Map<TraceId, Set<Long>> ids = new TreeMap<>();
    traces.forEach(
        (id, spans) -> ids.put(id, spans.stream().map(Span::spanId).collect(Collectors.toSet())));
    return ids;
  }

  private static TraceQuery query(JsonNode asked) {
    Map<String, String> tags = new LinkedHashMap<>();
    asked
        .path("Tags")
        .properties()
        .forEach(
            tag ->
                tags.put(
                    tag.getKey(),
                    tag.getValue().isString()
                        ? tag.getValue().asString()
                        : tag.getValue().toString()));
    return TraceQuery.during(
            new TimeWindow(micros(asked.path("StartTimeMin")), micros(asked.path("StartTimeMax"))),
            asked.path("NumTraces").asInt())
        .of(asked.path("ServiceName").asString())
        .with(asked.path("OperationName").asString())
        .tagged(tags)
        .taking(
            // Go counts nanoseconds
            new TraceQuery.Took(
                asked.path("DurationMin").asLong() / 1000,
                asked.path("DurationMax").asLong() / 1000));
  }

  private static long micros(JsonNode time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time.asString()));
  }

  @Test
  void findsWithoutAService() throws Exception {
    TraceQuery everything =
        TraceQuery.during(
            new TimeWindow(
                micros(JSON.valueToTree(yesterday().minusDays(2) + "T00:00:00Z")),
                micros(JSON.valueToTree(yesterday().plusDays(1) + "T00:00:00Z"))),
            1000);

    Set<TraceId> found = new TreeSet<>();
    store(NESTED).find(everything).forEach(trace -> found.add(trace.id()));

    Set<TraceId> all = new TreeSet<>();
    FIXTURES.values().forEach(trace -> all.add(trace.id()));
    assertEquals(all, found);
    assertEquals(3, store(NESTED).find(TraceQuery.during(everything.started(), 3)).size());
  }

  @Test
  void readsWhatWasWritten() throws Exception {
    for (String prefix : List.of(NESTED, FLAT)) {
      Trace fixture = fixture("example_trace");
      List<Trace> read = new ArrayList<>();
      store(prefix).read(List.of(new FoundTrace(fixture.id(), TimeWindow.ALWAYS)), 1000, read::add);

      assertEquals(1, read.size());
      assertEquals(fixture.spans().size(), read.getFirst().spans().size());
    }
  }

  @Test
  void knowsServicesAndOperationsWithKinds() throws Exception {
    List<String> services = store(NESTED).services();

    assertEquals(services.stream().sorted().distinct().toList(), services);
    assertTrue(services.contains("query01-service"), services.toString());
    assertEquals(
        Set.of(
            new TracedOperation("example-operation-1", ""),
            new TracedOperation("example-operation-3", "server"),
            new TracedOperation("example-operation-4", "client")),
        Set.copyOf(store(NESTED).operations("example-service-1", "")));
    assertEquals(
        List.of(new TracedOperation("example-operation-4", "client")),
        store(FLAT).operations("example-service-1", "client"));
  }

  @Test
  void sumsTracesUp() throws Exception {
    Trace fixture = fixture("example_trace");
    List<TraceSummary> summaries = new ArrayList<>();
    store(NESTED)
        .summarize(List.of(new FoundTrace(fixture.id(), TimeWindow.ALWAYS)), summaries::add);

    assertEquals(1, summaries.size());
    assertEquals(fixture.spans().size(), summaries.getFirst().counts().spans());
    assertEquals(
        fixture.spans().stream().mapToLong(Span::startNanos).min().getAsLong() / 1000 * 1000,
        summaries.getFirst().extent().startNanos());
  }

  @Test
  void anEngineWithoutIndicesHasNothing() throws Exception {
    TraceStore none = store("no-such-prefix");

    assertEquals(List.of(), none.services());
    assertEquals(List.of(), none.operations("any", ""));
    assertEquals(List.of(), none.find(TraceQuery.during(TimeWindow.ALWAYS, 10)));
    none.read(
        List.of(new FoundTrace(new TraceId(0, 1), TimeWindow.ALWAYS)),
        10,
        _ -> {
          throw new AssertionError("found what is not there");
        });
  }
}
