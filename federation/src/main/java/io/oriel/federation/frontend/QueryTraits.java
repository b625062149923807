package io.oriel.federation.frontend;

import io.oriel.model.error.OrielException;
import io.oriel.promql.Feature;
import io.oriel.promql.parse.DurationExpr;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Parser;
import io.oriel.promql.parse.TimeShift;
import java.util.EnumSet;
import java.util.Optional;

/// What may be done with a query without changing its answer.
///
/// @param splittable whether each step's answer is the same whatever the query's range
/// @param reachesAheadMillis how far beyond a step the samples lie that it reads
/// @param fixedMillis the latest `@` time, Unix milliseconds; {@code Long.MIN_VALUE} for none
record QueryTraits(boolean splittable, long reachesAheadMillis, long fixedMillis) {
  private static final QueryTraits OPAQUE = new QueryTraits(false, 0, Long.MIN_VALUE);
  private static final QueryTraits PLAIN = new QueryTraits(true, 0, Long.MIN_VALUE);

  /// The traits of {@code query}; a query that cannot be parsed is opaque, and the query role says
  /// what is wrong with it.
  static QueryTraits of(String query) {
    return parsed(query).map(QueryTraits::of).orElse(OPAQUE);
  }

  static Optional<Expr> parsed(String query) {
    try {
      return Optional.of(Parser.parse(query, EnumSet.allOf(Feature.class)));
    } catch (OrielException _) {
      return Optional.empty();
    }
  }

  /// Whether points up to {@code pointMillis} cannot change any more when samples up to {@code
  /// settledMillis} do not.
  boolean settled(long pointMillis, long settledMillis) {
    return pointMillis + reachesAheadMillis <= settledMillis
        && fixedMillis + reachesAheadMillis <= settledMillis;
  }

  private static QueryTraits of(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> PLAIN;
      case Expr.VectorSelector selector ->
          selector.edges() == Expr.Edges.PLAIN ? of(selector.shift()) : OPAQUE;
      case Expr.MatrixSelector matrix -> of(matrix.selector()).and(of(matrix.range()));
      case Expr.Subquery subquery ->
          of(subquery.expr())
              .and(of(subquery.range()))
              .and(of(subquery.step()))
              .plus(of(subquery.shift()));
      case Expr.Paren paren -> of(paren.expr());
      case Expr.Unary unary -> of(unary.expr());
      case Expr.Binary binary -> of(binary.left()).and(of(binary.right()));
      case Expr.Aggregate aggregate -> all(aggregate.arguments());
      case Expr.Call call ->
          switch (call.function().name()) {
            case "info", "start", "end", "range" -> OPAQUE;
            default -> all(call.arguments());
          };
    };
  }

  private static QueryTraits all(Iterable<Expr> parts) {
    QueryTraits traits = PLAIN;
    for (Expr part : parts) {
      traits = traits.and(of(part));
    }
    return traits;
  }

  private static QueryTraits of(TimeShift shift) {
    QueryTraits offset =
        switch (shift.offset()) {
          case DurationExpr.Literal literal -> ahead(-literal.seconds());
          case DurationExpr.Negation(DurationExpr.Literal literal, _) -> ahead(literal.seconds());
          case DurationExpr other -> of(other);
        };
    return switch (shift.at().kind()) {
      case EVALUATION -> offset;
      case FIXED ->
          new QueryTraits(offset.splittable, offset.reachesAheadMillis, shift.at().millis());
      case START, END -> OPAQUE;
    };
  }

  private static QueryTraits ahead(double seconds) {
    return new QueryTraits(true, Math.max(0, (long) Math.ceil(seconds * 1000)), Long.MIN_VALUE);
  }

  /// A plain duration changes nothing; of arithmetic is not known what it comes to.
  private static QueryTraits of(DurationExpr duration) {
    return duration instanceof DurationExpr.Literal ? PLAIN : OPAQUE;
  }

  private QueryTraits and(QueryTraits other) {
    return new QueryTraits(
        splittable && other.splittable,
        Math.max(reachesAheadMillis, other.reachesAheadMillis),
        Math.max(fixedMillis, other.fixedMillis));
  }

  private QueryTraits plus(QueryTraits outer) {
    return new QueryTraits(
        splittable && outer.splittable,
        reachesAheadMillis + outer.reachesAheadMillis,
        Math.max(fixedMillis, outer.fixedMillis));
  }
}
