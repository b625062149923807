package io.oriel.model.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Names with values, in the order in which they came. A name may be there more than once, as on
/// the wire; the first one is found. Immutable; finding is linear, since there are few.
public final class Attributes {
  private static final Attributes EMPTY = new Attributes(new String[0], new AttributeValue[0]);

  private final String[] names;
  private final AttributeValue[] values;

  private Attributes(String[] names, AttributeValue[] values) {
    this.names = names;
    this.values = values;
  }

  public static Attributes empty() {
    return EMPTY;
  }

  /// One attribute.
  public static Attributes of(String name, AttributeValue value) {
    return new Attributes(new String[] {name}, new AttributeValue[] {value});
  }

  /// Collects attributes. Not thread-safe.
  public static final class Builder {
    private final List<String> names = new ArrayList<>();
    private final List<AttributeValue> values = new ArrayList<>();

    public Builder add(String name, AttributeValue value) {
      names.add(name);
      values.add(value);
      return this;
    }

    public Builder add(String name, String value) {
      return add(name, AttributeValue.of(value));
    }

    public Builder addAll(Attributes more) {
      more.forEach(this::add);
      return this;
    }

    public Attributes build() {
      return names.isEmpty()
          ? EMPTY
          : new Attributes(names.toArray(String[]::new), values.toArray(AttributeValue[]::new));
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  public int size() {
    return names.length;
  }

  public boolean isEmpty() {
    return names.length == 0;
  }

  /// The name of attribute {@code i}, from 0.
  public String name(int i) {
    return names[i];
  }

  /// The value of attribute {@code i}, from 0.
  public AttributeValue value(int i) {
    return values[i];
  }

  /// The first value of {@code name}.
  public Optional<AttributeValue> get(String name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return Optional.of(values[i]);
      }
    }
    return Optional.empty();
  }

  /// The first value of {@code name} if it is text; else empty text.
  public String text(String name) {
    return get(name)
        .map(value -> value instanceof AttributeValue.Text t ? t.value() : "")
        .orElse("");
  }

  public void forEach(BiConsumer<String, AttributeValue> action) {
    for (int i = 0; i < names.length; i++) {
      action.accept(names[i], values[i]);
    }
  }

  /// The same with {@code name} set to {@code value}, in place of all that it had.
  public Attributes with(String name, AttributeValue value) {
    Builder builder = new Builder();
    boolean set = false;
    for (int i = 0; i < names.length; i++) {
      if (!names[i].equals(name)) {
        builder.add(names[i], values[i]);
      } else if (!set) {
        builder.add(name, value);
        set = true;
      }
    }
    return set ? builder.build() : builder.add(name, value).build();
  }

  /// The same without {@code name}.
  public Attributes without(String name) {
    Builder builder = new Builder();
    forEach(
        (other, value) -> {
          if (!other.equals(name)) {
            builder.add(other, value);
          }
        });
    return builder.build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attributes that
        && Arrays.equals(names, that.names)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(names) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach(
        (name, value) ->
            text.append(text.length() > 1 ? ", " : "").append(name).append('=').append(value));
    return text.append('}').toString();
  }
}
