package io.oriel.logs.search;

import io.oriel.model.error.OrielException;
import io.oriel.search.query.Query;

/// In which language a query is written.
public enum LogSyntax {
  /** Kibana's. */
  KQL,
  /** Lucene's `query_string`. */
  LUCENE;

  /// The syntax called {@code word}; KQL for an empty one.
  ///
  /// @throws OrielException of kind INVALID when there is none
  public static LogSyntax ofWord(String word) {
    return switch (word) {
      case "", "kql", "kuery" -> KQL;
      case "lucene" -> LUCENE;
      default -> throw OrielException.invalid("language: got " + word + ", want kql or lucene");
    };
  }

  /// What {@code text} asks for.
  ///
  /// @throws OrielException of kind INVALID with the position of the mistake
  Query query(String text, FieldCatalog fields) {
    return switch (this) {
      case KQL -> KqlTranslation.translate(KqlParser.parse(text), fields);
      case LUCENE ->
          text.isBlank()
              ? Query.all()
              : new Query.QueryString(text, java.util.List.of(), false, true);
    };
  }
}
