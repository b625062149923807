package io.oriel.traces.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.search.query.Query;
import io.oriel.testkit.Conformance;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.index.TagFields;
import io.oriel.wire.jaegerquery.FilterTerm;
import io.oriel.wire.jaegerquery.FilterTerm.Attribute;
import io.oriel.wire.jaegerquery.FilterTerm.Call;
import io.oriel.wire.jaegerquery.FilterTerm.Collection;
import io.oriel.wire.jaegerquery.FilterTerm.Constant;
import io.oriel.wire.jaegerquery.FilterTerm.Constants;
import io.oriel.wire.jaegerquery.FilterTerm.Field;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Structured filters: the queries that upstream recorded, and what they find in a real engine.
class FilterQueriesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> STANDARDS = Set.of("minimum_should_match", "ignore_unmapped");
  private static final long START = 1_790_000_000_000L;
  private static final Field SERVICE = new Field("service", "resource");
  private static final Field NAME = new Field("name", "span");
  private static final Field DURATION = new Field("duration", "span");
  private static final Field EVENT_NAME = new Field("name", "event");

  private static Call call(String op, FilterTerm... args) {
    return new Call(op, List.of(args));
  }

  private static Constant any(String value) {
    return new Constant(value, "");
  }

  private static Constant text(String value) {
    return new Constant(value, "string");
  }

  private static Attribute of(String level, String key) {
    return new Attribute(key, level);
  }

  /// By the names of the recordings.
  private static Map<String, Call> recorded() {
    Map<String, Call> all = new HashMap<>();
    Call cart = call("eq", SERVICE, any("cart"));
    all.put("a_conjunction_of_one_predicate_is_that_predicate", call("and", cart));
    all.put(
        "a_duration_constant_which_is_what_a_finalized_filter_carries",
        call("gt", DURATION, any("2s")));
    all.put("a_string_constant_against_the_event_name", call("eq", EVENT_NAME, text("exception")));
    all.put(
        "a_string_constant_against_the_operation_name_which_is_what_finalizing_produces",
        call("eq", NAME, text("checkout")));
    all.put("a_string_constant_against_the_service_name", call("eq", SERVICE, text("cart")));
    all.put(
        "an_error_tag_at_the_resource_level_is_an_ordinary_attribute",
        call("eq", of("resource", "error"), any("false")));
    all.put(
        "an_escaped_backslash_which_does_not_escape_what_follows_it",
        call("regex", of("span", "http.route"), any("a\\\\d")));
    all.put(
        "an_escaped_punctuation_character_which_both_dialects_read_the_same_way",
        call("regex", of("span", "http.route"), any("/cart\\.json")));
    all.put(
        "error_false_excludes_error_true_because_a_span_that_succeeded_carries_no_tag",
        call("eq", of("span", "error"), any("false")));
    all.put("exists_on_a_built_in_field_tests_its_own_field", call("exists", DURATION));
    all.put(
        "exists_on_an_attribute_tests_the_key_in_every_location_it_may_live_in",
        call("exists", of("span", "http.route")));
    all.put(
        "exists_on_event_name_tests_the_key_the_write_path_stores_it_under",
        call("exists", EVENT_NAME));
    all.put("exists_tests_the_key_alone", call("exists", of("event", "exception.stacktrace")));
    all.put("gte_on_the_duration", call("gte", DURATION, any("1.5s")));
    all.put("lt_on_the_duration", call("gt", any("1m"), DURATION));
    all.put("lte_on_the_duration", call("lte", DURATION, any("500us")));
    all.put(
        "ne_on_a_built_in_field_guards_on_the_field_s_own_presence",
        call("ne", SERVICE, any("cart")));
    all.put(
        "nesting_composes_to_nested_bool_queries",
        call(
            "and",
            cart,
            call("or", call("eq", NAME, any("a")), call("not", call("eq", any("b"), NAME)))));
    all.put("or_becomes_the_should_clause", call("or", cart, call("eq", SERVICE, any("checkout"))));
    all.put(
        "regex_matches_anywhere_in_the_value_which_this_engine_needs_told",
        call("regex", NAME, any("GET .*")));
    all.put("span_name_is_the_operation_name", call("eq", NAME, any("/api/v3/traces")));
    all.put(
        "unqualified_attribute_searches_the_span_and_resource_levels",
        call("eq", of("", "http.status_code"), any("500")));
    return all;
  }

  private static FilterQueries lowering(TagFields fields) {
    return new FilterQueries(new FilterPlaces(fields));
  }

  @Test
  void asksWhatUpstreamRecorded() throws IOException {
    Path directory = Conformance.require("traces/jaeger/es-filter-queries");
    Map<String, Call> calls = recorded();
    TreeSet<String> seen = new TreeSet<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".json", "");
        Call call = calls.get(name);
        assertTrue(call != null, () -> name + " is not tried");
        JsonWriter json = new JsonWriter();
        lowering(TagFields.everything()).of(call).writeTo(json);
        assertEquals(
            plain(JSON.readTree(Files.readString(file))),
            plain(JSON.readTree(json.toBytes())),
            name);
        seen.add(name);
      }
    }
    assertEquals(new TreeSet<>(calls.keySet()), seen);
  }

  /// One spelling for what means the same: `must` and `filter` differ in scores only, a list of one
  /// is its element, one of several alternatives is the standard, a term may be said in short.
  private static String plain(JsonNode node) {
    if (node.isArray()) {
      List<String> all = new ArrayList<>();
      node.forEach(each -> all.add(plain(each)));
      return all.size() == 1 ? all.getFirst() : all.toString();
    }
    if (!node.isObject()) {
      return node.toString();
    }
    Map<String, String> members = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      String name = each.getKey().equals("filter") ? "must" : each.getKey();
      if (!STANDARDS.contains(name)) {
        members.put(name, plain(each.getValue()));
      }
    }
    return members.size() == 1 && members.containsKey("value")
        ? members.get("value")
        : members.toString();
  }

  private static Span with(
      long id, String service, long millis, Attributes attributes, List<SpanEvent> events) {
    Span like = Spans.of(id, 0, service, START, START + millis);
    return new Span(
        like.traceId(),
        id,
        0,
        "",
        0,
        "op-" + id,
        id == 2 ? SpanKind.SERVER : SpanKind.UNSPECIFIED,
        like.startNanos(),
        like.endNanos(),
        id == 3 ? new SpanStatus(SpanStatus.Code.ERROR, "broken") : SpanStatus.UNSET,
        attributes,
        events,
        List.of(),
        like.dropped(),
        like.resource(),
        like.scope());
  }

  private static SpanEvent event(String name, String key, String value) {
    return new SpanEvent(START * 1_000_000, name, Attributes.builder().add(key, value).build(), 0);
  }

  @BeforeAll
  static void write() throws InterruptedException {
    Attributes numbers =
        Attributes.builder().add("code", AttributeValue.of(500L)).add("mail", "a@b.c").build();
    Attributes words = Attributes.builder().add("code", "500").add("mail", "axb.c").build();
    SharedEngine.get()
        .write(
            "filters",
            TagFields.none(),
            List.of(
                with(
                    1,
                    "cart",
                    10,
                    numbers,
                    List.of(event("retry", "n", "1"), event("x", "n", "2"))),
                with(2, "cart", 20, words, List.of(event("retry", "n", "2"))),
                with(3, "shop", 30, Attributes.empty(), List.of())));
  }

  private static String found(Call filter) throws InterruptedException {
    Query query = lowering(TagFields.none()).of(filter);
    List<String> names = new ArrayList<>();
    SharedEngine.get()
        .client()
        .documents()
        .search(
            io.oriel.search.query.SearchRequest.of("filters-jaeger-span-*")
                .withQuery(query)
                .withSize(10))
        .hits()
        .forEach(hit -> names.add(hit.source().get("operationName").asString().substring(3)));
    return String.join("", names.stream().sorted().toList());
  }

  @Test
  void findsWhatIsMeant() throws InterruptedException {
    Attribute code = of("span", "code");
    assertEquals("12", found(call("eq", code, any("500"))));
    assertEquals("1", found(call("eq", code, new Constant("500", "int"))));
    assertEquals("2", found(call("eq", code, text("500"))));
    assertEquals("2", found(call("in", code, new Constants(List.of("1", "500"), "string"))));
    assertEquals("", found(call("ne", code, any("500"))), "absent is not another value");
    assertEquals("3", found(call("not", call("exists", code))));
    assertEquals("1", found(call("regex", of("", "mail"), any("@b"))), "@ is a character");
    assertEquals("12", found(call("eq", of("span", "error"), any("false"))));
    assertEquals("3", found(call("eq", new Field("status", "span"), any("error"))));
    assertEquals("12", found(call("eq", new Field("status", "span"), any("unset"))));
    assertEquals("2", found(call("eq", new Field("kind", "span"), any("server"))));
    assertEquals("13", found(call("ne", new Field("kind", "span"), any("server"))));
    assertEquals("23", found(call("gt", DURATION, any("10ms"))));
    assertEquals(
        "12",
        found(
            call(
                "and",
                call("eq", EVENT_NAME, any("retry")),
                call("eq", of("event", "n"), any("2")))));
    assertEquals(
        "2",
        found(
            call(
                "some",
                new Collection("event"),
                call(
                    "and",
                    call("eq", EVENT_NAME, any("retry")),
                    call("eq", of("event", "n"), any("2"))))));
  }

  private static void refused(String says, Call call) {
    OrielException refused =
        assertThrows(OrielException.class, () -> lowering(TagFields.everything()).of(call));
    assertEquals(Kind.INVALID, refused.kind());
    assertTrue(refused.reason().contains(says), refused::reason);
  }

  @Test
  void refusesByPlaceWhatItCannotAnswer() {
    refused("filter.op: got \"xor\"", call("xor"));
    refused("filter: and: got no arguments", call("and"));
    refused("filter.args[1]: got a value", call("or", call("exists", NAME), any("x")));
    refused("filter.args[0].level: got \"link\"", call("exists", of("link", "a")));
    refused("filter.args[0].name: \"endTime\"", call("exists", new Field("endTime", "span")));
    refused("filter.args[1]: got \"soon\"", call("gt", DURATION, any("soon")));
    refused("indexed as text", call("gt", of("span", "size"), any("5")));
    refused("want one of client", call("eq", new Field("kind", "span"), any("SERVER")));
    refused("filter.args[1].type: tags", call("eq", of("span", "a"), new Constant("1", "int")));
    refused("want a list with values", call("in", NAME, new Constants(List.of(), "")));
    refused("compared with a constant", call("eq", NAME, NAME));
    refused(
        "only what is of the event",
        call("some", new Collection("event"), call("eq", NAME, any("a"))));
    for (String pattern :
        List.of("^a", "a$", "\\d", "\\bx", "a*?", "(?i)a", "[[:alpha:]]", "(", "a".repeat(1000))) {
      refused("filter.args[1]: pattern", call("regex", NAME, any(pattern)));
    }
  }
}
