package io.oriel.promql.script;

import com.google.re2j.Pattern;
import io.oriel.model.error.OrielException;

/// One `expect` line: what kind of thing must happen, and perhaps with what text.
record Expectation(Kind kind, Match match, String text) {
  enum Kind {
    FAIL,
    WARN,
    INFO,
    NO_WARN,
    NO_INFO,
    ORDERED
  }

  enum Match {
    ANY,
    EXACT,
    REGEX
  }

  /// Reads what follows `expect`.
  static Expectation parse(String line) {
    String[] words = line.strip().split("\\s+", 2);
    Kind kind =
        switch (words[0]) {
          case "fail" -> Kind.FAIL;
          case "warn" -> Kind.WARN;
          case "info" -> Kind.INFO;
          case "no_warn" -> Kind.NO_WARN;
          case "no_info" -> Kind.NO_INFO;
          case "ordered" -> Kind.ORDERED;
          default -> throw OrielException.invalid("invalid expected type: expect " + line);
        };
    String rest = words.length == 1 ? "" : words[1];
    if (rest.startsWith("msg:")) {
      return new Expectation(kind, Match.EXACT, rest.substring(4).strip());
    }
    if (rest.startsWith("regex:")) {
      return new Expectation(kind, Match.REGEX, rest.substring(6).strip());
    }
    if (!rest.isEmpty()) {
      throw OrielException.invalid("invalid expect line: expect " + line);
    }
    return new Expectation(kind, Match.ANY, "");
  }

  boolean matches(String actual) {
    return switch (match) {
      case ANY -> true;
      case EXACT -> actual.equals(text);
      case REGEX -> Pattern.compile(text).matcher(actual).find();
    };
  }
}
