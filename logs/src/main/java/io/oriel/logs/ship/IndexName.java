package io.oriel.logs.ship;

import io.oriel.logs.parse.LogEvent;
import io.oriel.model.error.OrielException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A name with fields in it, as Filebeat's `index` has them:
/// `logs-%{[fields.cluster]}-%{[kubernetes.namespace]:default}` and `%{+yyyy.MM.dd}` for the day of
/// the event. Immutable.
final class IndexName {
  private final List<Part> parts;

  private sealed interface Part {
    record Literal(String text) implements Part {}

    record Field(String path, Optional<String> fallback) implements Part {}

    record Day(DateTimeFormatter format) implements Part {}
  }

  private IndexName(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /// @throws OrielException of kind INVALID when it is no such name
  static IndexName of(String text) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    for (int open = text.indexOf("%{"); open >= 0; open = text.indexOf("%{", at)) {
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw OrielException.invalid("index: got %{ without } in \"" + text + "\"");
      }
      if (open > at) {
        parts.add(new Part.Literal(text.substring(at, open)));
      }
      parts.add(part(text.substring(open + 2, close)));
      at = close + 1;
    }
    if (at < text.length()) {
      parts.add(new Part.Literal(text.substring(at)));
    }
    return new IndexName(parts);
  }

  private static Part part(String inner) {
    if (inner.startsWith("+")) {
      try {
        return new Part.Day(
            DateTimeFormatter.ofPattern(inner.substring(1), Locale.ROOT).withZone(ZoneOffset.UTC));
      } catch (IllegalArgumentException | ClassCastException e) {
        // the library throws the latter where a number follows a padded one
        throw new OrielException(
            io.oriel.model.error.Kind.INVALID, "index: got \"%{" + inner + "}\"", e);
      }
    }
    int close = inner.indexOf(']');
    if (!inner.startsWith("[") || close < 0) {
      throw OrielException.invalid(
          "index: got \"%{" + inner + "}\", want %{[field]}, %{[field]:default} or %{+yyyy.MM.dd}");
    }
    String rest = inner.substring(close + 1);
    return new Part.Field(
        inner.substring(1, close),
        rest.startsWith(":") ? Optional.of(rest.substring(1)) : Optional.empty());
  }

  /// Whether all events get the same name.
  boolean isConstant() {
    return parts.stream().allMatch(part -> part instanceof Part.Literal);
  }

  /// The event's name in lower case; empty when a field without a default is not there.
  Optional<String> of(LogEvent event, Instant now) {
    StringBuilder name = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Literal literal -> name.append(literal.text);
        case Part.Day day -> {
          try {
            name.append(day.format.format(event.hasTime() ? event.time() : now));
          } catch (DateTimeException _) {
            return Optional.empty();
          }
        }
        case Part.Field field -> {
          Object value = event.field(field.path);
          if (value == null && field.fallback.isEmpty()) {
            return Optional.empty();
          }
          name.append(value == null ? field.fallback.orElse("") : value);
        }
      }
    }
    return Optional.of(name.toString().toLowerCase(Locale.ROOT));
  }
}
