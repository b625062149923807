package io.oriel.logs.parse;

import io.oriel.model.error.OrielException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes texts apart by what stands between the parts: `%{key}`, `%{+key}` appended, `%{?key}`
/// skipped, `%{key|integer}` of a type, `%{*key}` and `%{&key}` for names in the text, `%{key->}`
/// with padding after it, as Filebeat's `dissect` has it. Immutable.
public final class Dissect {
  private static final int MAX_PARTS = 500;

  private final String prefix;
  private final List<Part> parts;
  private final Trim trim;

  private record Part(char modifier, String key, Type type, boolean padded, String delimiter) {}

  /// What a text stands for, as `%{key|integer}` has it.
  private enum Type {
    TEXT {
      @Override
      Object of(String text) {
        return text;
      }
    },
    INTEGER {
      @Override
      Object of(String text) {
        return Integer.valueOf(text.strip());
      }
    },
    LONG {
      @Override
      Object of(String text) {
        return Long.valueOf(text.strip());
      }
    },
    FLOAT {
      @Override
      Object of(String text) {
        return Double.valueOf(text.strip());
      }
    },
    BOOLEAN {
      @Override
      Object of(String text) {
        return switch (text.strip()) {
          case "true", "True", "TRUE", "t", "T", "1" -> true;
          case "false", "False", "FALSE", "f", "F", "0" -> false;
          default -> throw new NumberFormatException(text);
        };
      }
    };

    /// @throws NumberFormatException when it stands for none
    abstract Object of(String text);

    static Type ofWord(String word) {
      return switch (word) {
        case "", "ip" -> TEXT;
        case "integer" -> INTEGER;
        case "long" -> LONG;
        case "float", "double" -> FLOAT;
        case "boolean" -> BOOLEAN;
        default ->
            throw OrielException.invalid(
                "dissect: got type \""
                    + word
                    + "\", want integer, long, float, double, boolean or ip");
      };
    }
  }

  private Dissect(String prefix, List<Part> parts, Trim trim) {
    this.prefix = prefix;
    this.parts = List.copyOf(parts);
    this.trim = trim;
  }

  /// The same, taking something off the ends of every part, before it becomes of a type.
  public Dissect trimming(Trim ends) {
    return new Dissect(prefix, parts, ends);
  }

  /// @throws OrielException of kind INVALID when it is no such pattern
  public static Dissect of(String pattern) {
    List<Part> parts = new ArrayList<>();
    int open = pattern.indexOf("%{");
    if (open < 0) {
      throw OrielException.invalid("dissect: got no %{key} in the tokenizer, want at least one");
    }
    String prefix = pattern.substring(0, open);
    while (open >= 0) {
      int close = pattern.indexOf('}', open);
      if (close < 0) {
        throw OrielException.invalid("dissect: got %{ without }");
      }
      int next = pattern.indexOf("%{", close);
      String delimiter = pattern.substring(close + 1, next < 0 ? pattern.length() : next);
      if (delimiter.isEmpty() && next >= 0) {
        throw OrielException.invalid("dissect: got two keys with nothing between them");
      }
      parts.add(part(pattern.substring(open + 2, close), delimiter));
      open = next;
    }
    if (parts.size() > MAX_PARTS) {
      throw OrielException.invalid(
          "dissect: got " + parts.size() + " keys, want at most " + MAX_PARTS);
    }
    return new Dissect(prefix, parts, Trim.NONE);
  }

  private static Part part(String text, String delimiter) {
    boolean padded = text.endsWith("->");
    String key = padded ? text.substring(0, text.length() - 2) : text;
    char modifier = key.isEmpty() ? '?' : key.charAt(0);
    if ("+?*&".indexOf(modifier) >= 0 && !key.isEmpty()) {
      key = key.substring(1);
    } else if (!key.isEmpty()) {
      modifier = ' ';
    }
    if (key.indexOf('/') >= 0) {
      throw OrielException.invalid(
          "dissect: got \""
              + key
              + "\", want a key without /: order of appending is not supported");
    }
    int pipe = key.indexOf('|');
    return pipe < 0
        ? new Part(modifier, key, Type.TEXT, padded, delimiter)
        : new Part(
            modifier,
            key.substring(0, pipe),
            Type.ofWord(key.substring(pipe + 1)),
            padded,
            delimiter);
  }

  /// The parts by their keys, in the pattern's order; empty when the text is not like that.
  public Optional<Map<String, Object>> apply(String text) {
    if (!text.startsWith(prefix)) {
      return Optional.empty();
    }
    Map<String, Object> found = new LinkedHashMap<>();
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    int at = prefix.length();
    String lastDelimiter = " ";
    for (Part part : parts) {
      int to = part.delimiter.isEmpty() ? text.length() : text.indexOf(part.delimiter, at);
      if (to < 0) {
        return Optional.empty();
      }
      String value = trim.of(text.substring(at, to));
      at = to + part.delimiter.length();
      while (part.padded && !part.delimiter.isEmpty() && text.startsWith(part.delimiter, at)) {
        at += part.delimiter.length();
      }
      switch (part.modifier) {
        case '+' -> {
          String joint = lastDelimiter;
          found.merge(part.key, value, (a, b) -> a + joint + b);
        }
        case '*' -> names.put(part.key, value);
        case '&' -> values.put(part.key, value);
        case '?' -> {}
        default -> found.put(part.key, value);
      }
      lastDelimiter = part.delimiter;
    }
    for (Part part : parts) {
      if (part.type != Type.TEXT && found.get(part.key) instanceof String value) {
        try {
          found.put(part.key, part.type.of(value));
        } catch (NumberFormatException _) {
          return Optional.empty();
        }
      }
    }
    names.forEach(
        (key, name) -> {
          String value = values.get(key);
          if (value != null && !name.isEmpty()) {
            found.put(name, value);
          }
        });
    return Optional.of(found);
  }
}
