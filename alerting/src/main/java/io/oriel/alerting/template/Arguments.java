package io.oriel.alerting.template;

import io.oriel.model.error.OrielException;
import io.oriel.model.number.GoFloat;
import io.oriel.model.time.DurationSyntax;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The arguments of a call. What a function wants of them it asks here; each refusal is an
/// `IllegalArgumentException` with got and want. Immutable.
public final class Arguments {
  private static final Arguments NONE = new Arguments(List.of());

  private final List<@Nullable Object> values;

  private Arguments(List<@Nullable Object> values) {
    this.values = values;
  }

  static Arguments none() {
    return NONE;
  }

  static Arguments copyOf(List<@Nullable Object> values) {
    return values.isEmpty()
        ? NONE
        : new Arguments(Collections.unmodifiableList(new ArrayList<>(values)));
  }

  public int size() {
    return values.size();
  }

  /// The value at {@code i}, counted from zero.
  public @Nullable Object get(int i) {
    return values.get(i);
  }

  /// The arguments from {@code i} on.
  public Arguments from(int i) {
    return new Arguments(values.subList(i, values.size()));
  }

  /// Checks that there are exactly {@code wanted}.
  public Arguments exactly(int wanted) {
    return between(wanted, wanted);
  }

  /// Checks that there are at least {@code least}.
  public Arguments atLeast(int least) {
    return between(least, Integer.MAX_VALUE);
  }

  /// Checks that there are {@code least} to {@code most}, both inclusive.
  public Arguments between(int least, int most) {
    if (values.size() < least || values.size() > most) {
      String want =
          least == most
              ? Integer.toString(least)
              : most == Integer.MAX_VALUE ? "at least " + least : least + " to " + most;
      throw new IllegalArgumentException(
          "wrong number of args: want " + want + " got " + values.size());
    }
    return this;
  }

  /// The text at {@code i}.
  public String text(int i) {
    Object value = values.get(i);
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(
        "wrong type for value; expected string; got " + Values.type(value));
  }

  /// The number at {@code i}: a float, an integer, or text that holds one, as Prometheus' functions
  /// take them.
  public double number(int i) {
    Object value = values.get(i);
    try {
      return switch (value) {
        case Double d -> d;
        case Long l -> l;
        case String s -> GoFloat.parse(s);
        case null, default ->
            throw new IllegalArgumentException("can't convert " + Values.type(value) + " to float");
      };
    } catch (OrielException e) {
      throw new IllegalArgumentException(e.reason(), e);
    }
  }

  /// The whole number at {@code i}.
  public long integer(int i) {
    if (values.get(i) instanceof Long number) {
      return number;
    }
    throw new IllegalArgumentException(
        "cannot index slice/array with type " + Values.type(values.get(i)));
  }

  /// The duration at {@code i}, in seconds, given in Prometheus' notation.
  public double durationSeconds(int i) {
    try {
      return DurationSyntax.parseMillis(text(i)) / 1000.0;
    } catch (OrielException e) {
      throw new IllegalArgumentException(e.reason(), e);
    }
  }
}
