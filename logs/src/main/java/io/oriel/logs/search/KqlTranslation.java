package io.oriel.logs.search;

import io.oriel.logs.search.Kql.Value;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import java.util.ArrayList;
import java.util.List;

/// KQL in the engine's query language, as Kibana translates it.
final class KqlTranslation {
  /** What has a meaning in Lucene's syntax. */
  private static final String LUCENE = "\\+-!():^[]\"{}~*?|&/=<> \t\n\r";

  private final FieldCatalog fields;
  private final String prefix;

  private KqlTranslation(FieldCatalog fields, String prefix) {
    this.fields = fields;
    this.prefix = prefix;
  }

  static Query translate(Kql query, FieldCatalog fields) {
    return new KqlTranslation(fields, "").of(query);
  }

  private Query of(Kql query) {
    return switch (query) {
      case Kql.All _ -> Query.all();
      case Kql.And and -> Query.allOf(and.parts().stream().map(this::of).toList());
      case Kql.Or or -> Query.anyOf(or.parts().stream().map(this::of).toList());
      case Kql.Not not -> Query.not(of(not.inner()));
      case Kql.Compare compare -> each(compare.field(), field -> compare(field, compare));
      case Kql.Nested nested ->
          Query.nested(
              prefix + nested.path(),
              new KqlTranslation(fields, prefix + nested.path() + ".").of(nested.inner()));
      case Kql.Is is ->
          is.field().isEmpty()
              ? anywhere(is.value())
              : each(is.field(), field -> is(field, is.value()));
    };
  }

  private interface OneField {
    Query query(String field);
  }

  /// The query for every field that a name with stars means, any of which may match.
  private Query each(String name, OneField one) {
    List<Query> alternatives = new ArrayList<>();
    for (String field : fields.matching(prefix + name)) {
      alternatives.add(one.query(field));
    }
    return Query.anyOf(alternatives);
  }

  private static Query anywhere(Value value) {
    return switch (value) {
      case Value.Words words -> Query.queryString(escaped(words.text(), true));
      case Value.Phrase phrase -> Query.queryString("\"" + escaped(phrase.text(), true) + "\"");
      case Value.Pattern pattern -> Query.queryString(lucene(pattern));
    };
  }

  private Query is(String field, Value value) {
    return switch (value) {
      case Value.Words words -> match(field, words.text());
      case Value.Phrase phrase ->
          fields.isDate(field) ? within(field, phrase.text()) : Query.phrase(field, phrase.text());
      case Value.Pattern pattern -> {
        if (pattern.isAnything()) {
          yield Query.exists(field);
        }
        yield fields.isKeyword(field)
            ? Query.wildcard(field, wildcard(pattern))
            : new Query.QueryString(lucene(pattern), List.of(field), false, true);
      }
    };
  }

  private Query match(String field, String text) {
    return fields.isDate(field) ? within(field, text) : Query.match(field, text);
  }

  /// A date without a time is the whole day: the engine rounds the bounds apart.
  private static Query within(String field, String date) {
    return Query.range(field).atLeast(Scalar.of(date)).atMost(Scalar.of(date));
  }

  private static Query compare(String field, Kql.Compare compare) {
    Query.Range range = Query.range(field);
    Scalar bound = Scalar.of(compare.bound());
    return switch (compare.relation()) {
      case LESS -> range.below(bound);
      case LESS_OR_EQUAL -> range.atMost(bound);
      case GREATER -> range.above(bound);
      case GREATER_OR_EQUAL -> range.atLeast(bound);
    };
  }

  private static String wildcard(Value.Pattern pattern) {
    List<String> parts = new ArrayList<>();
    for (String part : pattern.parts()) {
      parts.add(part.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?"));
    }
    return String.join("*", parts);
  }

  private static String lucene(Value.Pattern pattern) {
    List<String> parts = new ArrayList<>();
    for (String part : pattern.parts()) {
      parts.add(escaped(part, false));
    }
    return String.join("*", parts);
  }

  /// @param keepSpace whether white space may separate words
  private static String escaped(String text, boolean keepSpace) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean space = Character.isWhitespace(c);
      if (LUCENE.indexOf(c) >= 0 && !(space && keepSpace)) {
        out.append('\\');
      }
      out.append(c);
    }
    return keepSpace ? lowerWords(out.toString()) : out.toString();
  }

  /// `AND`, `OR` and `NOT` as text are words, not operators.
  private static String lowerWords(String text) {
    StringBuilder out = new StringBuilder();
    for (String word : text.split("(?<=\\s)|(?=\\s)", -1)) {
      boolean operator = word.equals("AND") || word.equals("OR") || word.equals("NOT");
      out.append(operator ? "\\" + word : word);
    }
    return out.toString();
  }
}
