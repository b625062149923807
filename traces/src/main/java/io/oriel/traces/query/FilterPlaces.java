package io.oriel.traces.query;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.TraceId;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.traces.index.TagFields;
import io.oriel.wire.jaeger.JaegerTags;
import io.oriel.wire.jaegerquery.FilterTerm;
import io.oriel.wire.jaegerquery.FilterTerm.Constant;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Where in a span's document a filter's references are, and how values there are compared.
///
/// Values of attributes are indexed as text: there is no order in them, and a constant that says
/// its type can be told apart only where the type stands beside the value, which is not so for tags
/// that are fields.
final class FilterPlaces {
  static final String EVENT = "event";
  static final String EVENTS = "logs";

  private static final String SPAN = "span";
  private static final String RESOURCE = "resource";
  private static final String SCOPE = "scope";
  private static final String EVENT_FIELDS = "logs.fields";
  private static final Set<String> YES = Set.of("1", "t", "T", "true", "TRUE", "True");
  private static final Set<String> NO = Set.of("0", "f", "F", "false", "FALSE", "False");
  private static final Map<String, List<String>> OBJECTS =
      Map.of(
          SPAN,
          List.of("tag"),
          RESOURCE,
          List.of("process.tag"),
          SCOPE,
          List.of("scopeTag"),
          EVENT,
          List.of(),
          "",
          List.of("tag", "process.tag"));
  private static final Map<String, List<String>> LISTS =
      Map.of(
          SPAN,
          List.of("tags"),
          RESOURCE,
          List.of("process.tags"),
          SCOPE,
          List.of("scopeTags"),
          EVENT,
          List.of(EVENT_FIELDS),
          "",
          List.of("tags", "process.tags"));
  private static final Map<String, String> TYPES =
      Map.of("string", "string", "int", "int64", "bool", "bool");

  private final TagFields fields;

  FilterPlaces(TagFields fields) {
    this.fields = fields;
  }

  /// What a predicate is about.
  enum Within {
    SPAN,
    /** One event, inside `some`. */
    EVENT
  }

  /// What can be asked of a value.
  interface Place {
    Query exists();

    Query equal(Constant constant, String at);

    Query matching(FilterPattern pattern, String at);

    Query ordered(String op, Constant constant, String at);
  }

  Place attribute(FilterTerm.Attribute attribute, String at, Within within) {
    if (attribute.key().isEmpty()) {
      throw OrielException.invalid(at + ".key: got nothing, want an attribute's name");
    }
    if (!OBJECTS.containsKey(attribute.level())) {
      throw level(attribute.level(), at);
    }
    inside(attribute.level(), at, within);
    return new Tag(attribute.level(), attribute.key());
  }

  private static OrielException level(String level, String at) {
    return OrielException.invalid(
        at + ".level: got " + Quoted.of(level) + ", want " + String.join(", ", SpanFilters.LEVELS));
  }

  private static void inside(String level, String at, Within within) {
    if (within == Within.EVENT && !level.equals(EVENT)) {
      throw OrielException.invalid(
          at + ": inside some, only what is of the event is served; got level " + Quoted.of(level));
    }
  }

  Place field(FilterTerm.Field field, String at, Within within) {
    if (!LISTS.containsKey(field.level()) || field.level().isEmpty()) {
      throw level(field.level(), at);
    }
    inside(field.level(), at, within);
    return switch (field.level() + "." + field.name()) {
      case "span.name" -> new Word(SpanQueries.OPERATION, Function.identity());
      case "span.traceID" -> new Word(SpanQueries.TRACE_ID, text -> TraceId.ofHex(text).hex());
      case "span.spanID" -> new Word(SpanQueries.SPAN_ID, Function.identity());
      case "span.parentSpanID" -> new Word("parentSpanID", Function.identity());
      case "span.duration" -> new Number(SpanQueries.DURATION, GoDuration::micros);
      case "span.startTime" -> new Number(SpanQueries.START, FilterPlaces::instant);
      case "span.kind" -> kind();
      case "span.status" -> status();
      case "span.statusMessage" -> new Written(new Tag(SPAN, JaegerTags.STATUS_DESCRIPTION));
      case "span.traceState" -> new Written(new Tag(SPAN, JaegerTags.TRACE_STATE));
      case "resource.service" -> new Word(SpanQueries.SERVICE, Function.identity());
      case "scope.name" -> new Written(new Tag(SPAN, JaegerTags.SCOPE_NAME));
      case "scope.version" -> new Written(new Tag(SPAN, JaegerTags.SCOPE_VERSION));
      case "event.name" -> new Written(new Tag(EVENT, JaegerTags.EVENT));
      default ->
          throw OrielException.invalid(
              at
                  + ".name: "
                  + Quoted.of(field.name())
                  + " of level "
                  + field.level()
                  + " is not served");
    };
  }

  private static long instant(String text) {
    try {
      return ChronoUnit.MICROS.between(Instant.EPOCH, OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new OrielException(
          Kind.INVALID, "got " + Quoted.of(text) + ", want a time like 2026-11-27T10:00:00Z", e);
    }
  }

  private static OrielException noOrder(String op, String at) {
    return OrielException.invalid(
        at + ": " + op + ": values are indexed as text, so nothing is more or less");
  }

  /// A member of the document that is text.
  ///
  /// @param spelled turns what was asked into what is indexed
  private record Word(String field, Function<String, String> spelled) implements Place {
    @Override
    public Query exists() {
      return Query.exists(field);
    }

    @Override
    public Query equal(Constant constant, String at) {
      return Query.term(field, spelled.apply(text(constant, at)));
    }

    @Override
    public Query matching(FilterPattern pattern, String at) {
      return regexp(field, pattern);
    }

    @Override
    public Query ordered(String op, Constant constant, String at) {
      throw noOrder(op, at);
    }
  }

  private static String text(Constant constant, String at) {
    if (!constant.type().isEmpty() && !constant.type().equals("string")) {
      throw OrielException.invalid(
          at + ".type: got " + Quoted.of(constant.type()) + ", want string or nothing");
    }
    return constant.value();
  }

  private static Query regexp(String field, FilterPattern pattern) {
    return new Query.Regexp(field, pattern.lucene(), false, Query.Regexp.Syntax.COMMON);
  }

  /// A member of the document that is a number.
  ///
  /// @param parsed turns a constant into what is indexed
  private record Number(String field, ToLongFunction<String> parsed) implements Place {
    @Override
    public Query exists() {
      return Query.exists(field);
    }

    private Scalar value(Constant constant, String at) {
      if (!constant.type().isEmpty()) {
        throw OrielException.invalid(
            at + ".type: got " + Quoted.of(constant.type()) + ", want nothing: the field says it");
      }
      try {
        return Scalar.of(parsed.applyAsLong(constant.value()));
      } catch (OrielException e) {
        throw OrielException.invalid(at + ": " + e.reason());
      }
    }

    @Override
    public Query equal(Constant constant, String at) {
      return new Query.Term(field, value(constant, at), false);
    }

    @Override
    public Query matching(FilterPattern pattern, String at) {
      throw OrielException.invalid(at + ": regex: want text, got a number");
    }

    @Override
    public Query ordered(String op, Constant constant, String at) {
      Query.Range range = Query.range(field);
      Scalar value = value(constant, at);
      return switch (op) {
        case "gt" -> range.above(value);
        case "gte" -> range.atLeast(value);
        case "lt" -> range.below(value);
        default -> range.atMost(value);
      };
    }
  }

  /// An attribute wherever its level keeps it: as a field of its own, or in a list.
  private final class Tag implements Place {
    private final String level;
    private final String key;

    Tag(String level, String key) {
      this.level = level;
      this.key = key;
    }

    private Query anywhere(Function<String, Query> inField, Function<String, Query> inList) {
      List<Query> places = new ArrayList<>();
      for (String object : OBJECTS.getOrDefault(level, List.of())) {
        places.add(inField.apply(object + "." + fields.field(key)));
      }
      places.addAll(lists(inList));
      return Query.anyOf(places);
    }

    private List<Query> lists(Function<String, Query> inList) {
      List<Query> places = new ArrayList<>();
      for (String path : LISTS.getOrDefault(level, List.of())) {
        places.add(Query.nested(path, inList.apply(path)));
      }
      return places;
    }

    private Query named(String path) {
      return Query.term(path + ".key", key);
    }

    @Override
    public Query exists() {
      return anywhere(Query::exists, this::named);
    }

    private Query holding(String value) {
      return anywhere(
          field -> Query.term(field, value),
          path -> Query.allOf(List.of(named(path), Query.term(path + ".value", value))));
    }

    @Override
    public Query equal(Constant constant, String at) {
      boolean mayBeError = key.equals(JaegerTags.ERROR) && (level.isEmpty() || level.equals(SPAN));
      if (mayBeError && !constant.type().equals("string")) {
        // a span that succeeded has no such tag
        if (YES.contains(constant.value())) {
          return holding("true");
        }
        if (NO.contains(constant.value())) {
          return Query.not(holding("true"));
        }
      }
      return constant.type().isEmpty() ? holding(constant.value()) : typed(constant, at);
    }

    private Query typed(Constant constant, String at) {
      String type = TYPES.get(constant.type());
      if (type == null) {
        throw OrielException.invalid(
            at
                + ".type: got "
                + Quoted.of(constant.type())
                + ", want string, int, bool or nothing");
      }
      if (fields.any()) {
        throw OrielException.invalid(
            at + ".type: tags that are fields are indexed without their type; leave it out");
      }
      return Query.anyOf(
          lists(
              path ->
                  Query.allOf(
                      List.of(
                          named(path),
                          Query.term(path + ".type", type),
                          Query.term(path + ".value", constant.value())))));
    }

    @Override
    public Query matching(FilterPattern pattern, String at) {
      return anywhere(
          field -> regexp(field, pattern),
          path -> Query.allOf(List.of(named(path), regexp(path + ".value", pattern))));
    }

    @Override
    public Query ordered(String op, Constant constant, String at) {
      throw noOrder(op, at);
    }
  }

  /// A member of a span that the documents have as a tag.
  private record Written(Tag tag) implements Place {
    @Override
    public Query exists() {
      return tag.exists();
    }

    @Override
    public Query equal(Constant constant, String at) {
      return tag.holding(text(constant, at));
    }

    @Override
    public Query matching(FilterPattern pattern, String at) {
      return tag.matching(pattern, at);
    }

    @Override
    public Query ordered(String op, Constant constant, String at) {
      throw noOrder(op, at);
    }
  }

  /// One of a few words, which every span has; the standard one is not written.
  ///
  /// @param words with how their spans are found
  private record Choice(String name, Map<String, Query> words) implements Place {
    @Override
    public Query exists() {
      return Query.all();
    }

    @Override
    public Query equal(Constant constant, String at) {
      Query found = words.get(text(constant, at));
      if (found == null) {
        throw OrielException.invalid(
            at
                + ": "
                + name
                + ": got "
                + Quoted.of(constant.value())
                + ", want one of "
                + String.join(", ", new TreeSet<>(words.keySet())));
      }
      return found;
    }

    @Override
    public Query matching(FilterPattern pattern, String at) {
      throw OrielException.invalid(at + ": regex: not on " + name + "; list the words");
    }

    @Override
    public Query ordered(String op, Constant constant, String at) {
      throw noOrder(op, at);
    }
  }

  private Place kind() {
    Tag tag = new Tag(SPAN, JaegerTags.SPAN_KIND);
    Map<String, Query> words = new HashMap<>();
    for (SpanKind kind : SpanKind.values()) {
      words.put(
          kind.word(),
          kind == SpanKind.UNSPECIFIED ? Query.not(tag.exists()) : tag.holding(kind.word()));
    }
    return new Choice("kind", words);
  }

  private Place status() {
    Query failed = new Tag(SPAN, JaegerTags.ERROR).holding("true");
    Query ok = new Tag(SPAN, JaegerTags.STATUS_CODE).holding("OK");
    return new Choice(
        "status",
        Map.of("error", failed, "ok", ok, "unset", Query.not(Query.anyOf(List.of(failed, ok)))));
  }
}
