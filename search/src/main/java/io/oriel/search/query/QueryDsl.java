package io.oriel.search.query;

import io.oriel.model.json.JsonWriter;
import java.util.List;
import java.util.Optional;

/// Queries as JSON.
final class QueryDsl {
  private QueryDsl() {}

  static void write(Query query, JsonWriter json) {
    json.beginObject();
    switch (query) {
      case Query.MatchAll _ -> json.name("match_all").beginObject().endObject();
      case Query.MatchNone _ -> json.name("match_none").beginObject().endObject();
      case Query.Bool bool -> bool(bool, json);
      case Query.Term term -> {
        open(json, "term", term.field()).name("value");
        term.value().writeTo(json);
        caseInsensitive(json, term.caseInsensitive());
        close(json);
      }
      case Query.Terms terms -> {
        json.name("terms").beginObject().name(terms.field()).beginArray();
        terms.values().forEach(value -> value.writeTo(json));
        json.endArray().endObject();
      }
      case Query.Nested nested -> {
        json.name("nested").beginObject().name("path").string(nested.path()).name("query");
        write(nested.query(), json);
        json.name("ignore_unmapped").bool(true).endObject();
      }
      case Query.Range range -> range(range, json);
      case Query.Exists exists ->
          json.name("exists").beginObject().name("field").string(exists.field()).endObject();
      case Query.Wildcard wildcard ->
          pattern(
              json, "wildcard", wildcard.field(), wildcard.pattern(), wildcard.caseInsensitive());
      case Query.Prefix prefix ->
          pattern(json, "prefix", prefix.field(), prefix.prefix(), prefix.caseInsensitive());
      case Query.Regexp regexp -> {
        open(json, "regexp", regexp.field()).name("value").string(regexp.pattern());
        if (regexp.syntax() == Query.Regexp.Syntax.COMMON) {
          json.name("flags").string("NONE");
        }
        caseInsensitive(json, regexp.caseInsensitive());
        close(json);
      }
      case Query.Ids ids -> {
        json.name("ids").beginObject();
        strings(json, "values", ids.ids());
        json.endObject();
      }
      case Query.Match _,
          Query.MatchPhrase _,
          Query.MatchPhrasePrefix _,
          Query.MultiMatch _,
          Query.QueryString _ ->
          words(query, json);
    }
    json.endObject();
  }

  private static void words(Query query, JsonWriter json) {
    switch (query) {
      case Query.Match match -> {
        open(json, "match", match.field()).name("query");
        match.value().writeTo(json);
        if (match.allWords()) {
          json.name("operator").string("and");
        }
        close(json);
      }
      case Query.MatchPhrase phrase -> {
        open(json, "match_phrase", phrase.field()).name("query").string(phrase.text());
        if (phrase.slop() > 0) {
          json.name("slop").number(phrase.slop());
        }
        close(json);
      }
      case Query.MatchPhrasePrefix phrase -> {
        open(json, "match_phrase_prefix", phrase.field()).name("query").string(phrase.text());
        close(json);
      }
      case Query.MultiMatch multi -> {
        json.name("multi_match").beginObject().name("query").string(multi.text());
        json.name("type").string(multi.type());
        strings(json, "fields", multi.fields());
        json.endObject();
      }
      case Query.QueryString text -> {
        json.name("query_string").beginObject().name("query").string(text.text());
        if (!text.fields().isEmpty()) {
          strings(json, "fields", text.fields());
        }
        if (text.allWords()) {
          json.name("default_operator").string("AND");
        }
        json.name("lenient").bool(text.lenient()).endObject();
      }
      default -> throw new IllegalArgumentException("no words in " + query);
    }
  }

  private static void bool(Query.Bool bool, JsonWriter json) {
    json.name("bool").beginObject();
    queries(json, "must", bool.must());
    queries(json, "filter", bool.filter());
    queries(json, "should", bool.should());
    queries(json, "must_not", bool.mustNot());
    if (bool.minimumShouldMatch() >= 0) {
      json.name("minimum_should_match").number(bool.minimumShouldMatch());
    }
    json.endObject();
  }

  private static void range(Query.Range range, JsonWriter json) {
    open(json, "range", range.field());
    bound(json, "gte", range.gte());
    bound(json, "gt", range.gt());
    bound(json, "lte", range.lte());
    bound(json, "lt", range.lt());
    if (!range.format().isEmpty()) {
      json.name("format").string(range.format());
    }
    close(json);
  }

  private static void bound(JsonWriter json, String name, Optional<Scalar> value) {
    if (value.isPresent()) {
      json.name(name);
      value.get().writeTo(json);
    }
  }

  private static void pattern(
      JsonWriter json, String kind, String field, String value, boolean insensitive) {
    open(json, kind, field).name("value").string(value);
    caseInsensitive(json, insensitive);
    close(json);
  }

  private static void caseInsensitive(JsonWriter json, boolean insensitive) {
    if (insensitive) {
      json.name("case_insensitive").bool(true);
    }
  }

  private static JsonWriter open(JsonWriter json, String kind, String field) {
    return json.name(kind).beginObject().name(field).beginObject();
  }

  private static void close(JsonWriter json) {
    json.endObject().endObject();
  }

  private static void queries(JsonWriter json, String name, List<Query> queries) {
    if (!queries.isEmpty()) {
      json.name(name).beginArray();
      queries.forEach(query -> write(query, json));
      json.endArray();
    }
  }

  static void strings(JsonWriter json, String name, List<String> values) {
    json.name(name).beginArray();
    values.forEach(json::string);
    json.endArray();
  }
}
