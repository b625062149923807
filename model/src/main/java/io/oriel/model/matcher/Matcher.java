package io.oriel.model.matcher;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One condition on one label. Immutable, safe to share. An absent label is matched as the empty
/// string.
public final class Matcher {
  /// The four operators.
  public enum Type {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String symbol;

    Type(String symbol) {
      this.symbol = symbol;
    }

    /// As written in PromQL.
    public String symbol() {
      return symbol;
    }
  }

  private final Type type;
  private final String name;
  private final String value;
  private final @Nullable ValuePattern pattern;

  private Matcher(Type type, String name, String value) {
    this.type = type;
    this.name = name;
    this.value = value;
    this.pattern =
        type == Type.REGEX || type == Type.NOT_REGEX ? ValuePattern.compile(value) : null;
  }

  /// A matcher on label {@code name}.
  ///
  /// @throws OrielException of kind INVALID when {@code value} is meant as a regular expression and
  ///   is none
  public static Matcher of(Type type, String name, String value) {
    return new Matcher(type, name, value);
  }

  /// The matcher for one metric name.
  public static Matcher metric(String metricName) {
    return new Matcher(Type.EQUAL, LabelName.METRIC, metricName);
  }

  public Type type() {
    return type;
  }

  /// The label it looks at.
  public String name() {
    return name;
  }

  /// The value or regular expression, as written.
  public String value() {
    return value;
  }

  /// Whether a label with this value satisfies the matcher.
  public boolean matches(String labelValue) {
    return switch (type) {
      case EQUAL -> value.equals(labelValue);
      case NOT_EQUAL -> !value.equals(labelValue);
      case REGEX -> pattern != null && pattern.matches(labelValue);
      case NOT_REGEX -> pattern != null && !pattern.matches(labelValue);
    };
  }

  /// Whether {@code labels} satisfy the matcher.
  public boolean matches(Labels labels) {
    return matches(labels.get(name));
  }

  /// Whether a series without the label satisfies the matcher.
  public boolean matchesEmpty() {
    return matches("");
  }

  /// Whether every one of {@code matchers} is satisfied.
  public static boolean all(List<Matcher> matchers, Labels labels) {
    for (Matcher matcher : matchers) {
      if (!matcher.matches(labels)) {
        return false;
      }
    }
    return true;
  }

  /// The values named by a positive or negative regular expression that is only an alternation of
  /// words, or by an equality; empty when the set is not known. Lets an index look values up
  /// instead of testing each.
  public Set<String> setMatches() {
    if (pattern != null) {
      return pattern.words();
    }
    return Set.of(value);
  }

  /// A prefix that every value named by the regular expression has; empty when none is known.
  public String prefix() {
    return pattern == null ? value : pattern.prefix();
  }

  /// The matcher that is satisfied exactly when this one is not.
  public Matcher negated() {
    Type opposite =
        switch (type) {
          case EQUAL -> Type.NOT_EQUAL;
          case NOT_EQUAL -> Type.EQUAL;
          case REGEX -> Type.NOT_REGEX;
          case NOT_REGEX -> Type.REGEX;
        };
    return new Matcher(opposite, name, value);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Matcher other
        && type == other.type
        && name.equals(other.name)
        && value.equals(other.value);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * type.hashCode() + name.hashCode()) + value.hashCode();
  }

  /// As in PromQL: `job=~"a|b"`; names beyond the legacy rule are quoted.
  @Override
  public String toString() {
    return (LabelName.isLegacy(name) ? name : Quoted.of(name)) + type.symbol() + Quoted.of(value);
  }
}
