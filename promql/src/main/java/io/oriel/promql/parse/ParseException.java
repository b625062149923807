package io.oriel.promql.parse;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// A query that is not PromQL: `1:5: parse error: unexpected "}" in label matching, expected …`.
public final class ParseException extends OrielException {
  private static final long serialVersionUID = 1L;

  private final transient Span span;
  private final String problem;

  public ParseException(String query, Span span, String problem) {
    super(Kind.INVALID, span.place(query) + ": parse error: " + problem);
    this.span = span;
    this.problem = problem;
  }

  /// Where in the query.
  public Span span() {
    return span;
  }

  /// What is wrong there, without the place.
  public String problem() {
    return problem;
  }
}
