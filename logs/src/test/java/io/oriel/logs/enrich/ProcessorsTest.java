package io.oriel.logs.enrich;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import io.oriel.logs.parse.Dissect;
import io.oriel.logs.parse.LogEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProcessorsTest {
  private static LogEvent event(String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    return new LogEvent(bytes, 0, bytes.length, 5, 5 + bytes.length);
  }

  @Test
  void sharedProcessorsRunOncePerFile() {
    Enrichment enrichment =
        new Enrichment(
            Map.of("agent", Map.of("id", "1", "type", "x")),
            List.of(
                Processors.addFields("fields", Map.of("a", 1)),
                Processors.dropFields(List.of("agent.type")),
                Processors.dropFields(List.of("message")),
                Processors.addTags("tags", List.of("t"))),
            Optional.empty(),
            (_, _) -> {});
    enrichment.refresh();

    assertEquals(List.of("drop_fields", "add_tags"), enrichment.perEvent());
    LogEvent event = event("x");
    assertTrue(enrichment.apply(event));
    assertEquals("1", event.field("agent.id"));
    assertNull(event.field("agent.type"));
    assertEquals(1, event.field("fields.a"));
    assertEquals(List.of("t"), event.field("tags"));
    assertFalse(event.hasMessage());
  }

  private static Processor decoding(int depth) {
    return decoding(Optional.of(""), depth, false);
  }

  private static Processor decoding(Optional<String> target, int depth, boolean arrays) {
    return new DecodeJson(List.of("message"), target, depth, arrays, false, "key", true, true)
        .processor();
  }

  private static @Nullable Object decoded(String text, int depth, boolean arrays) {
    LogEvent event = event(text);
    assertTrue(decoding(Optional.of("at"), depth, arrays).apply(event));
    Object error = event.field("error.message");
    return error == null ? event.field("at") : error;
  }

  /// As Filebeat has it: the deepest array is decoded anyway, what is in it only with
  /// `process_array`.
  @Test
  void textsWithinArraysAreDecodedIfThatIsSaid() {
    String list = "[\"{\\\"a\\\":1}\",\"x\",\"[2]\",3]";
    String inside = "{\"list\":\"[\\\"{}\\\",1]\",\"plain\":[\"{}\"]}";

    assertEquals(List.of("{\"a\":1}", "x", "[2]", 3), decoded(list, 1, false));
    assertEquals("parsing input as JSON: an array, want process_array", decoded(list, 2, false));
    assertEquals(List.of(Map.of("a", 1), "x", List.of(2), 3), decoded(list, 2, true));
    assertEquals(
        Map.of("list", List.of("{}", 1), "plain", List.of("{}")), decoded(inside, 2, false));
    assertEquals(Map.of("list", "[\"{}\",1]", "plain", List.of("{}")), decoded(inside, 3, false));
    assertEquals(
        Map.of("list", List.of(Map.of(), 1), "plain", List.of("{}")), decoded(inside, 3, true));
    assertEquals("parsing input as JSON: neither an object nor an array", decoded("12", 1, true));
    assertEquals("parsing input as JSON: text after its end", decoded("[] []", 1, true));
  }

  @Test
  void anArrayHasNoPlaceAtTheTop() {
    LogEvent event = event("[1]");

    assertTrue(decoding(Optional.of(""), 1, true).apply(event));

    assertEquals(
        "parsing input as JSON: an array, want a target for it", event.field("error.message"));
    assertEquals("[1]", event.field("message"));
  }

  @Test
  void textsWithinTextsAreDecodedAsDeepAsIsSaid() {
    String text = "{\"key\":\"k\",\"a\":\"{\\\"b\\\":\\\"{}\\\"}\",\"c\":\"12\"}";
    LogEvent flat = event(text);
    LogEvent deep = event(text);

    assertTrue(decoding(1).apply(flat));
    assertTrue(decoding(2).apply(deep));

    assertEquals("{\"b\":\"{}\"}", flat.field("a"));
    assertEquals("{}", deep.field("a.b"));
    assertEquals("12", deep.field("c"));
    assertEquals("k", deep.id());
    assertNull(deep.field("key"));
  }

  @Test
  void whatCannotBeDecodedSaysWhichFieldItWas() {
    LogEvent broken = event("{broken");

    assertTrue(decoding(1).apply(broken));

    assertEquals("{broken", broken.field("error.data"));
    assertEquals("message", broken.field("error.field"));
    assertEquals("json", broken.field("error.type"));
  }

  /// A line that says who its host is would be refused by an index where that is an object.
  @Test
  void theFilesFieldsAreRightAgainstTheLines() {
    Enrichment enrichment =
        new Enrichment(
            Map.of("host", Map.of("name", "n"), "tags", List.of("mine")),
            List.of(),
            Optional.empty(),
            (_, _) -> {});
    enrichment.refresh();
    LogEvent event = event("x");
    event.field("host", "other");
    event.field("tags", List.of("theirs"));

    assertTrue(enrichment.apply(event));

    assertEquals("n", event.field("host.name"));
    assertEquals(List.of("theirs", "mine"), event.field("tags"));
  }

  @Test
  void secretsAreBlackedOut() {
    Redaction redaction = Redaction.of(List.of(Pattern.compile("internal-\\d+")), true);
    String jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc-DEF_1";
    assertEquals("token <redacted> end", redaction.clean("token " + jwt + " end"));
    assertEquals(
        "Authorization: Bearer <redacted>",
        redaction.clean("Authorization: Bearer abcdef0123456789"));
    assertEquals("key <redacted>", redaction.clean("key AKIAIOSFODNN7EXAMPLE"));
    assertEquals("postgres://bob:<redacted>@db/x", redaction.clean("postgres://bob:hunter2@db/x"));
    assertEquals("password=<redacted>&x=1", redaction.clean("password=hunter2&x=1"));
    assertEquals("\"password\":\"<redacted>\"", redaction.clean("\"password\":\"hunter2\""));
    assertEquals(
        "<redacted>",
        redaction.clean("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"));
    assertEquals(
        "card <redacted>, order 1234567890123",
        redaction.clean("card 4111 1111 1111 1111, order 1234567890123"));
    assertEquals("see <redacted>", redaction.clean("see internal-7"));
    assertEquals("nothing to see here", redaction.clean("nothing to see here"));
  }

  @Test
  void traceIdsAreLifted() {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    for (String message :
        List.of(
            "level=info trace_id=" + trace + " span_id=b7ad6b7169203331 x",
            "{\"traceId\":\"" + trace + "\",\"spanId\":\"b7ad6b7169203331\"}",
            "traceparent: 00-" + trace + "-b7ad6b7169203331-01")) {
      LogEvent event = event(message);
      assertTrue(Enrichment.traceContext().apply(event));
      assertEquals(trace, event.field("trace.id"), message);
      assertEquals(trace, event.field("trace_id"), message);
      assertEquals("b7ad6b7169203331", event.field("span.id"), message);
    }
    LogEvent decoded = event("x");
    decoded.field("trace_id", trace);
    assertTrue(Enrichment.traceContext().apply(decoded));
    assertEquals(trace, decoded.field("trace.id"));
    LogEvent none = event("no trace_id here");
    assertTrue(Enrichment.traceContext().apply(none));
    assertNull(none.field("trace.id"));
  }

  @Test
  void conditionsAsFilebeatHasThem() {
    LogEvent event = event("GET /x 503");
    event.field("http.status", 503);
    event.field("ip", "10.1.2.3");
    event.field("tags", List.of("a", "prod"));
    assertTrue(Conditions.equalsAll(Map.of("http.status", "503")).test(event));
    assertTrue(Conditions.containsAll(Map.of("tags", "prod")).test(event));
    assertTrue(Conditions.matchesAll(Map.of("message", Pattern.compile("^GET"))).test(event));
    assertTrue(
        Conditions.within(Map.of("http.status", Map.of("gte", new java.math.BigDecimal(500))))
            .test(event));
    assertTrue(Conditions.inNetworks(Map.of("ip", List.of("10.0.0.0/8"))).test(event));
    assertFalse(Conditions.inNetworks(Map.of("ip", List.of("public"))).test(event));
    assertFalse(Conditions.hasFields(List.of("http.status", "nope")).test(event));
  }

  @Test
  void changesFields() {
    LogEvent event = event("2024-05-01 10:00:00.5 user=ann dur=12");
    List<Processor> all =
        List.of(
            Processors.dissect(
                Dissect.of("%{when} %{clock} user=%{user} dur=%{dur}"),
                "message",
                "d",
                false,
                true),
            MoreProcessors.convert(
                List.of(new MoreProcessors.Conversion("d.dur", "d.dur", MoreProcessors.Type.LONG)),
                new Processors.OnFailure(false, true)),
            Processors.move(
                List.of(new Processors.FromTo("d.user", "user.name")),
                new Processors.OnFailure(false, true),
                false),
            Processors.replace(
                List.of(new Processors.Replacement("user.name", Pattern.compile("n+"), "N"))),
            Processors.truncate(List.of("message"), 10, 0),
            MoreProcessors.timestamp(
                "stamp",
                "@timestamp",
                List.of(GoLayout.of("2006-01-02 15:04:05")),
                ZoneOffset.UTC,
                new Processors.OnFailure(true, true)));
    event.field("stamp", "2024-05-01 10:00:00.5");
    all.forEach(processor -> assertTrue(processor.apply(event)));

    assertEquals(12L, event.field("d.dur"));
    assertEquals("aN", event.field("user.name"));
    assertEquals("2024-05-01", event.message());
    assertTrue(event.isTruncated());
    assertEquals(Instant.parse("2024-05-01T10:00:00.5Z"), event.time());
    assertNull(event.field("error.message"));
  }

  @Test
  void ratesAreLimitedByKey() {
    AtomicLong nanos = new AtomicLong();
    Processor limit = MoreProcessors.rateLimit(2, List.of("k"), nanos::get);
    int passed = 0;
    for (int i = 0; i < 10; i++) {
      LogEvent event = event("x");
      event.field("k", i % 2);
      passed += limit.apply(event) ? 1 : 0;
    }
    assertEquals(4, passed);
    nanos.addAndGet(1_000_000_000L);
    assertTrue(limit.apply(event("x")));
  }

  /// Found by changing filebeat.yml at random.
  @Test
  void aPaddedDayMayStandBeforeAnotherNumber() {
    GoLayout layout = GoLayout.of("Jan_215:04:05 2006");

    assertTrue(layout.accepts("Nov 715:04:05 2026"));
    assertTrue(layout.accepts("Nov1715:04:05 2026"));
    assertFalse(layout.accepts("Nov x15:04:05 2026"));
  }
}
