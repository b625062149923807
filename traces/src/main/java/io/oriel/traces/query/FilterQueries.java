package io.oriel.traces.query;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.search.query.Query;
import io.oriel.wire.jaegerquery.FilterTerm;
import io.oriel.wire.jaegerquery.FilterTerm.Call;
import io.oriel.wire.jaegerquery.FilterTerm.Constant;
import io.oriel.wire.jaegerquery.FilterTerm.Constants;
import java.util.ArrayList;
import java.util.List;

/// Structured filters (Jaeger's RFC 0005) in the engine's words. What the documents cannot answer
/// exactly is refused, not approximated; each refusal says where in the filter.
///
/// An absent value makes every comparison false, `ne` and `not_in` too; only `not` turns that.
final class FilterQueries {
  private final FilterPlaces places;

  FilterQueries(FilterPlaces places) {
    this.places = places;
  }

  /// Spans that pass a filter.
  Query of(Call filter) {
    return predicate(filter, "filter", FilterPlaces.Within.SPAN);
  }

  private Query predicate(FilterTerm term, String at, FilterPlaces.Within within) {
    if (!(term instanceof Call call)) {
      throw OrielException.invalid(at + ": got a value, want a call");
    }
    return switch (call.op()) {
      case "and" -> Query.allOf(predicates(call, at, within));
      case "or" -> Query.anyOf(predicates(call, at, within));
      case "not" -> {
        arity(call, at, 1);
        yield Query.not(predicate(call.args().getFirst(), arg(at, 0), within));
      }
      case "exists" -> {
        arity(call, at, 1);
        yield reference(call.args().getFirst(), arg(at, 0), within).exists();
      }
      case "eq", "ne", "gt", "gte", "lt", "lte", "regex" -> comparison(call, at, within);
      case "in", "not_in" -> membership(call, at, within);
      case "some" -> some(call, at, within);
      default ->
          throw OrielException.invalid(
              at
                  + ".op: got "
                  + Quoted.of(call.op())
                  + ", want one of "
                  + String.join(", ", SpanFilters.OPERATORS));
    };
  }

  private static String arg(String at, int i) {
    return at + ".args[" + i + "]";
  }

  private static void arity(Call call, String at, int wanted) {
    if (call.args().size() != wanted) {
      throw OrielException.invalid(
          at + ": " + call.op() + ": got " + call.args().size() + " arguments, want " + wanted);
    }
  }

  private List<Query> predicates(Call call, String at, FilterPlaces.Within within) {
    if (call.args().isEmpty()) {
      throw OrielException.invalid(at + ": " + call.op() + ": got no arguments, want predicates");
    }
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      queries.add(predicate(call.args().get(i), arg(at, i), within));
    }
    return queries;
  }

  private FilterPlaces.Place reference(FilterTerm term, String at, FilterPlaces.Within within) {
    return switch (term) {
      case FilterTerm.Attribute attribute -> places.attribute(attribute, at, within);
      case FilterTerm.Field field -> places.field(field, at, within);
      default ->
          throw OrielException.invalid(at + ": got no attribute or field, want one of a span");
    };
  }

  private Query comparison(Call call, String at, FilterPlaces.Within within) {
    arity(call, at, 2);
    FilterTerm left = call.args().get(0);
    FilterTerm right = call.args().get(1);
    if (left instanceof Constant constant && !(right instanceof Constant)) {
      return compare(turned(call.op(), at), right, arg(at, 1), constant, arg(at, 0), within);
    }
    if (!(right instanceof Constant constant)) {
      throw OrielException.invalid(
          arg(at, 1) + ": values are compared with a constant, got another term");
    }
    return compare(call.op(), left, arg(at, 0), constant, arg(at, 1), within);
  }

  /// The operator that asks the same with its operands exchanged.
  private static String turned(String op, String at) {
    return switch (op) {
      case "gt" -> "lt";
      case "gte" -> "lte";
      case "lt" -> "gt";
      case "lte" -> "gte";
      case "regex" -> throw OrielException.invalid(at + ": regex: want the pattern last");
      default -> op;
    };
  }

  private Query compare(
      String op,
      FilterTerm what,
      String whatAt,
      Constant constant,
      String constantAt,
      FilterPlaces.Within within) {
    FilterPlaces.Place place = reference(what, whatAt, within);
    return switch (op) {
      case "eq" -> place.equal(constant, constantAt);
      case "ne" -> other(place, place.equal(constant, constantAt));
      case "regex" -> place.matching(FilterPattern.of(constant.value(), constantAt), whatAt);
      default -> place.ordered(op, constant, constantAt);
    };
  }

  /// Spans that have a value, and not one of these.
  private static Query other(FilterPlaces.Place place, Query equal) {
    return Query.bool().withFilter(place.exists()).withMustNot(equal);
  }

  private Query membership(Call call, String at, FilterPlaces.Within within) {
    arity(call, at, 2);
    FilterPlaces.Place place = reference(call.args().getFirst(), arg(at, 0), within);
    if (!(call.args().getLast() instanceof Constants list) || list.values().isEmpty()) {
      throw OrielException.invalid(arg(at, 1) + ": " + call.op() + ": want a list with values");
    }
    List<Query> any = new ArrayList<>();
    for (String value : list.values()) {
      any.add(place.equal(new Constant(value, list.type()), arg(at, 1)));
    }
    return call.op().equals("in") ? Query.anyOf(any) : other(place, Query.anyOf(any));
  }

  /// One event to which all of it applies.
  private Query some(Call call, String at, FilterPlaces.Within within) {
    arity(call, at, 2);
    if (!(call.args().getFirst() instanceof FilterTerm.Collection collection)) {
      throw OrielException.invalid(arg(at, 0) + ": some: want the events");
    }
    if (!collection.level().equals(FilterPlaces.EVENT)) {
      throw OrielException.invalid(
          arg(at, 0) + ".level: got " + Quoted.of(collection.level()) + ", want event");
    }
    if (within == FilterPlaces.Within.EVENT) {
      throw OrielException.invalid(at + ": some within some is not served");
    }
    return Query.nested(
        FilterPlaces.EVENTS, predicate(call.args().get(1), arg(at, 1), FilterPlaces.Within.EVENT));
  }
}
