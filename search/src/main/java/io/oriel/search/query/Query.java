package io.oriel.search.query;

import io.oriel.model.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which documents. Immutable.
public sealed interface Query {
  /// All of them.
  record MatchAll() implements Query {}

  /// None of them.
  record MatchNone() implements Query {}

  /// A combination.
  ///
  /// @param minimumShouldMatch how many of {@code should} must match; -1 for the engine's rule: one
  ///   if there is neither {@code must} nor {@code filter}
  record Bool(
      List<Query> must,
      List<Query> filter,
      List<Query> should,
      List<Query> mustNot,
      int minimumShouldMatch)
      implements Query {
    public Bool {
      must = List.copyOf(must);
      filter = List.copyOf(filter);
      should = List.copyOf(should);
      mustNot = List.copyOf(mustNot);
    }

    /// The same, wanting {@code query} too, for the score.
    public Bool withMust(Query query) {
      return new Bool(plus(must, query), filter, should, mustNot, minimumShouldMatch);
    }

    /// The same, wanting {@code query} too.
    public Bool withFilter(Query query) {
      return new Bool(must, plus(filter, query), should, mustNot, minimumShouldMatch);
    }

    /// The same with another alternative.
    public Bool withShould(Query query) {
      return new Bool(must, filter, plus(should, query), mustNot, minimumShouldMatch);
    }

    /// The same without what {@code query} matches.
    public Bool withMustNot(Query query) {
      return new Bool(must, filter, should, plus(mustNot, query), minimumShouldMatch);
    }

    /// The same, wanting {@code n} of the alternatives.
    public Bool withMinimumShouldMatch(int n) {
      return new Bool(must, filter, should, mustNot, n);
    }

    private static List<Query> plus(List<Query> queries, Query query) {
      List<Query> more = new ArrayList<>(queries);
      more.add(query);
      return more;
    }
  }

  /// The exact value.
  record Term(String field, Scalar value, boolean caseInsensitive) implements Query {}

  /// Any of the exact values.
  record Terms(String field, List<Scalar> values) implements Query {
    public Terms {
      values = List.copyOf(values);
    }
  }

  /// Words, analyzed as the field is.
  ///
  /// @param allWords whether all must be there; any one otherwise
  record Match(String field, Scalar value, boolean allWords) implements Query {}

  /// Words next to each other.
  record MatchPhrase(String field, String text, int slop) implements Query {}

  /// Words next to each other, the last one a prefix.
  record MatchPhrasePrefix(String field, String text) implements Query {}

  /// Words in any of several fields.
  ///
  /// @param type as in `best_fields`, `phrase`, `phrase_prefix`
  record MultiMatch(List<String> fields, String text, String type) implements Query {
    public MultiMatch {
      fields = List.copyOf(fields);
    }
  }

  /// Values between bounds; any of them may be absent.
  ///
  /// @param format of dates in the bounds; empty for the field's own
  record Range(
      String field,
      Optional<Scalar> gte,
      Optional<Scalar> gt,
      Optional<Scalar> lte,
      Optional<Scalar> lt,
      String format)
      implements Query {
    public Range atLeast(Scalar value) {
      return new Range(field, Optional.of(value), gt, lte, lt, format);
    }

    public Range above(Scalar value) {
      return new Range(field, gte, Optional.of(value), lte, lt, format);
    }

    public Range atMost(Scalar value) {
      return new Range(field, gte, gt, Optional.of(value), lt, format);
    }

    public Range below(Scalar value) {
      return new Range(field, gte, gt, lte, Optional.of(value), format);
    }

    public Range withFormat(String dates) {
      return new Range(field, gte, gt, lte, lt, dates);
    }
  }

  /// Documents that have the field.
  record Exists(String field) implements Query {}

  /// `*` and `?`.
  record Wildcard(String field, String pattern, boolean caseInsensitive) implements Query {}

  record Prefix(String field, String prefix, boolean caseInsensitive) implements Query {}

  /// Lucene's regular expressions, anchored.
  record Regexp(String field, String pattern, boolean caseInsensitive, Syntax syntax)
      implements Query {
    /// Which characters are operators.
    public enum Syntax {
      /** Lucene's own too: `&`, `@`, `~`, `#` and angle brackets. */
      FULL,
      /** Those that every dialect has. */
      COMMON
    }

    public Regexp(String field, String pattern, boolean caseInsensitive) {
      this(field, pattern, caseInsensitive, Syntax.FULL);
    }
  }

  /// Lucene's query syntax, as a person types it.
  ///
  /// @param fields that are meant when the text names none; empty for the index' default
  /// @param allWords whether words side by side must all be there
  /// @param lenient whether a value that does not fit a field's type matches nothing instead of
  ///   being an error
  record QueryString(String text, List<String> fields, boolean allWords, boolean lenient)
      implements Query {
    public QueryString {
      fields = List.copyOf(fields);
    }
  }

  /// Documents in which one object under {@code path} matches; none where an index has no such
  /// path.
  record Nested(String path, Query query) implements Query {}

  record Ids(List<String> ids) implements Query {
    public Ids {
      ids = List.copyOf(ids);
    }
  }

  static Query all() {
    return new MatchAll();
  }

  static Query none() {
    return new MatchNone();
  }

  /// An empty combination to add to.
  static Bool bool() {
    return new Bool(List.of(), List.of(), List.of(), List.of(), -1);
  }

  /// Documents that match every one of {@code queries}; all documents for none.
  static Query allOf(List<Query> queries) {
    return queries.size() == 1
        ? queries.getFirst()
        : new Bool(List.of(), queries, List.of(), List.of(), -1);
  }

  /// Documents that match at least one of {@code queries}; no documents for none.
  static Query anyOf(List<Query> queries) {
    if (queries.isEmpty()) {
      return none();
    }
    return queries.size() == 1
        ? queries.getFirst()
        : new Bool(List.of(), List.of(), queries, List.of(), 1);
  }

  static Query not(Query query) {
    return bool().withMustNot(query);
  }

  static Query term(String field, String value) {
    return new Term(field, Scalar.of(value), false);
  }

  static Query term(String field, long value) {
    return new Term(field, Scalar.of(value), false);
  }

  static Query term(String field, boolean value) {
    return new Term(field, Scalar.of(value), false);
  }

  static Query terms(String field, List<String> values) {
    return new Terms(field, values.stream().map(Scalar::of).toList());
  }

  static Query match(String field, String text) {
    return new Match(field, Scalar.of(text), false);
  }

  static Query phrase(String field, String text) {
    return new MatchPhrase(field, text, 0);
  }

  /// A range without bounds yet.
  static Range range(String field) {
    return new Range(
        field, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "");
  }

  static Query exists(String field) {
    return new Exists(field);
  }

  static Query wildcard(String field, String pattern) {
    return new Wildcard(field, pattern, false);
  }

  static Query prefix(String field, String prefix) {
    return new Prefix(field, prefix, false);
  }

  static Query regexp(String field, String pattern) {
    return new Regexp(field, pattern, false);
  }

  static Query queryString(String text) {
    return new QueryString(text, List.of(), false, true);
  }

  static Query nested(String path, Query query) {
    return new Nested(path, query);
  }

  static Query ids(List<String> ids) {
    return new Ids(ids);
  }

  /// Writes it as an object of the query DSL.
  default void writeTo(JsonWriter json) {
    QueryDsl.write(this, json);
  }
}
