package io.oriel.search.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchRequestTest {
  private static String json(Query query) {
    String body = SearchRequest.of("x").withQuery(query).countingUpTo(0).withSize(0).toString();
    return body.substring("{\"query\":".length(), body.indexOf(",\"size\":0"));
  }

  @Test
  void writesEachQueryAsTheEngineWantsIt() {
    assertEquals("{\"match_all\":{}}", json(Query.all()));
    assertEquals("{\"match_none\":{}}", json(Query.anyOf(List.of())));
    assertEquals("{\"term\":{\"a\":{\"value\":\"b\"}}}", json(Query.term("a", "b")));
    assertEquals("{\"term\":{\"a\":{\"value\":7}}}", json(Query.term("a", 7)));
    assertEquals("{\"terms\":{\"a\":[\"b\",\"c\"]}}", json(Query.terms("a", List.of("b", "c"))));
    assertEquals("{\"match\":{\"a\":{\"query\":\"b c\"}}}", json(Query.match("a", "b c")));
    assertEquals("{\"match_phrase\":{\"a\":{\"query\":\"b c\"}}}", json(Query.phrase("a", "b c")));
    assertEquals(
        "{\"range\":{\"t\":{\"gte\":1,\"lt\":\"now\",\"format\":\"epoch_millis\"}}}",
        json(
            Query.range("t")
                .atLeast(Scalar.of(1))
                .below(Scalar.of("now"))
                .withFormat("epoch_millis")));
    assertEquals("{\"exists\":{\"field\":\"a\"}}", json(Query.exists("a")));
    assertEquals("{\"wildcard\":{\"a\":{\"value\":\"b*\"}}}", json(Query.wildcard("a", "b*")));
    assertEquals(
        "{\"prefix\":{\"a\":{\"value\":\"b\",\"case_insensitive\":true}}}",
        json(new Query.Prefix("a", "b", true)));
    assertEquals("{\"regexp\":{\"a\":{\"value\":\"b.\"}}}", json(Query.regexp("a", "b.")));
    assertEquals(
        "{\"query_string\":{\"query\":\"a:b\",\"fields\":[\"m\"],\"default_operator\":\"AND\",\"lenient\":true}}",
        json(new Query.QueryString("a:b", List.of("m"), true, true)));
    assertEquals(
        "{\"nested\":{\"path\":\"tags\",\"query\":{\"match_all\":{}},\"ignore_unmapped\":true}}",
        json(Query.nested("tags", Query.all())));
    assertEquals(
        "{\"regexp\":{\"mail\":{\"value\":\".*@b\",\"flags\":\"NONE\"}}}",
        json(new Query.Regexp("mail", ".*@b", false, Query.Regexp.Syntax.COMMON)));
    assertEquals("{\"ids\":{\"values\":[\"1\"]}}", json(Query.ids(List.of("1"))));
    assertEquals(
        "{\"multi_match\":{\"query\":\"x\",\"type\":\"phrase\",\"fields\":[\"a\",\"b^2\"]}}",
        json(new Query.MultiMatch(List.of("a", "b^2"), "x", "phrase")));
  }

  @Test
  void combinesQueries() {
    Query query =
        Query.bool()
            .withFilter(Query.exists("a"))
            .withShould(Query.exists("b"))
            .withMinimumShouldMatch(1)
            .withMustNot(Query.exists("c"));

    assertEquals(
        "{\"bool\":{\"filter\":[{\"exists\":{\"field\":\"a\"}}],\"should\":[{\"exists\":{\"field\":\"b\"}}],"
            + "\"must_not\":[{\"exists\":{\"field\":\"c\"}}],\"minimum_should_match\":1}}",
        json(query));
  }

  @Test
  void keepsTextFromBecomingSyntax() {
    assertEquals(
        "{\"term\":{\"a\":{\"value\":\"\\\"}}, \\\"x\\\": {\"}}}",
        json(Query.term("a", "\"}}, \"x\": {")));
  }

  @Test
  void writesAWholeRequest() {
    SearchRequest request =
        SearchRequest.of(List.of("logs-*"))
            .withQuery(Query.all())
            .withSize(5)
            .withSorts(List.of(Sort.desc("@timestamp").withUnmappedType("date")))
            .after(List.of(Scalar.of(3), new Scalar.Absent()))
            .withAggregation(
                "over time",
                Aggregation.dateHistogram("@timestamp", "30s")
                    .between(0, 60_000)
                    .with("levels", Aggregation.terms("log.level", 3)))
            .withAggregation("p", Aggregation.percentiles("d", List.of(50.0, 99.0)))
            .withAggregation(
                "top", Aggregation.filter(Query.exists("x")).with("m", Aggregation.max("n")))
            .withAggregation(
                "n",
                Aggregation.nested("tags")
                    .with("of", Aggregation.reverseNested().with("m", Aggregation.min("d"))))
            .withAggregation("s", Aggregation.termsOf("return 1;", 2))
            .withSource(List.of())
            .withHighlight(List.of("message"))
            .countingUpTo(SearchRequest.COUNT_ALL)
            .withTimeout(Duration.ofSeconds(2))
            .terminatingAfter(1000)
            .at("abc", Duration.ofMinutes(1));

    assertEquals(
        "{\"query\":{\"match_all\":{}},\"size\":5,"
            + "\"sort\":[{\"@timestamp\":{\"order\":\"desc\",\"unmapped_type\":\"date\"}}],"
            + "\"search_after\":[3,null],"
            + "\"aggs\":{\"over time\":{\"date_histogram\":{\"field\":\"@timestamp\",\"fixed_interval\":\"30s\","
            + "\"min_doc_count\":0,\"extended_bounds\":{\"min\":0,\"max\":60000},\"hard_bounds\":{\"min\":0,\"max\":90000}},"
            + "\"aggs\":{\"levels\":{\"terms\":{\"field\":\"log.level\",\"size\":3,\"order\":{\"_count\":\"desc\"}}}}},"
            + "\"p\":{\"percentiles\":{\"field\":\"d\",\"percents\":[50,99]}},"
            + "\"top\":{\"filter\":{\"exists\":{\"field\":\"x\"}},\"aggs\":{\"m\":{\"max\":{\"field\":\"n\"}}}},"
            + "\"n\":{\"nested\":{\"path\":\"tags\"},\"aggs\":{\"of\":{\"reverse_nested\":{},"
            + "\"aggs\":{\"m\":{\"min\":{\"field\":\"d\"}}}}}},"
            + "\"s\":{\"terms\":{\"script\":{\"lang\":\"painless\",\"source\":\"return 1;\"},"
            + "\"size\":2,\"order\":{\"_count\":\"desc\"}}}},"
            + "\"_source\":false,\"highlight\":{\"fields\":{\"message\":{\"number_of_fragments\":0}}},"
            + "\"track_total_hits\":true,\"timeout\":\"2000ms\",\"terminate_after\":1000,"
            + "\"pit\":{\"id\":\"abc\",\"keep_alive\":\"60000ms\"}}",
        request.toString());
  }
}
