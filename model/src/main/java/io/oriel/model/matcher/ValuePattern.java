package io.oriel.model.matcher;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An anchored RE2 expression over a label value, with the common shapes recognised.
final class ValuePattern {
  private static final String META = "\\.+*?()|[]{}^$";

  private enum Shape {
    WORDS,
    ANYTHING,
    SOMETHING,
    PREFIX_ANYTHING,
    PREFIX_SOMETHING,
    GENERAL
  }

  private final Shape shape;
  private final Set<String> words;
  private final String prefix;
  private final @Nullable Pattern general;

  private ValuePattern(Shape shape, Set<String> words, String prefix, @Nullable Pattern general) {
    this.shape = shape;
    this.words = words;
    this.prefix = prefix;
    this.general = general;
  }

  static ValuePattern compile(String regex) {
    Set<String> words = words(regex);
    if (!words.isEmpty()) {
      return new ValuePattern(Shape.WORDS, words, words.size() == 1 ? regex : "", null);
    }
    int literal = literalLength(regex);
    String prefix = regex.substring(0, literal);
    String rest = regex.substring(literal);
    if (rest.equals(".*")) {
      Shape shape = literal == 0 ? Shape.ANYTHING : Shape.PREFIX_ANYTHING;
      return new ValuePattern(shape, Set.of(), prefix, null);
    }
    if (rest.equals(".+")) {
      Shape shape = literal == 0 ? Shape.SOMETHING : Shape.PREFIX_SOMETHING;
      return new ValuePattern(shape, Set.of(), prefix, null);
    }
    try {
      Pattern pattern = Pattern.compile("^(?s:" + regex + ")$", 0);
      return new ValuePattern(Shape.GENERAL, Set.of(), certainPrefix(regex, literal), pattern);
    } catch (PatternSyntaxException e) {
      throw new OrielException(
          Kind.INVALID,
          "error parsing regexp: " + e.getDescription() + ": `" + e.getPattern() + "`",
          e);
    }
  }

  boolean matches(String value) {
    return switch (shape) {
      case WORDS -> words.contains(value);
      case ANYTHING -> true;
      case SOMETHING -> !value.isEmpty();
      case PREFIX_ANYTHING -> value.startsWith(prefix);
      case PREFIX_SOMETHING -> value.length() > prefix.length() && value.startsWith(prefix);
      case GENERAL ->
          general != null && value.startsWith(prefix) && general.matcher(value).matches();
    };
  }

  /// The complete set of matching values when the expression is an alternation of words; else
  /// empty.
  Set<String> words() {
    return words;
  }

  String prefix() {
    return prefix;
  }

  /// Splits `a|b|c`; empty unless every branch is free of operators. The empty expression is the
  /// one word "".
  private static Set<String> words(String regex) {
    Set<String> words = new LinkedHashSet<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '|') {
        words.add(word.toString());
        word.setLength(0);
      } else if (c == '\\' && i + 1 < regex.length() && META.indexOf(regex.charAt(i + 1)) >= 0) {
        word.append(regex.charAt(++i));
      } else if (META.indexOf(c) >= 0) {
        return Set.of();
      } else {
        word.append(c);
      }
    }
    words.add(word.toString());
    return words;
  }

  private static int literalLength(String regex) {
    int i = 0;
    while (i < regex.length() && META.indexOf(regex.charAt(i)) < 0) {
      i++;
    }
    return i;
  }

  /// The literal start of {@code regex}, less a last character that a quantifier makes optional;
  /// none beside a `|`.
  private static String certainPrefix(String regex, int literal) {
    if (regex.indexOf('|') >= 0) {
      return "";
    }
    boolean quantified = literal < regex.length() && "*?{+".indexOf(regex.charAt(literal)) >= 0;
    int end = quantified ? Math.max(0, literal - 1) : literal;
    if (end > 0 && Character.isHighSurrogate(regex.charAt(end - 1))) {
      end--;
    }
    return regex.substring(0, end);
  }
}
