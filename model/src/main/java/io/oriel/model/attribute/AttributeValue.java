package io.oriel.model.attribute;

import java.util.Arrays;
import java.util.List;

/// The value of an attribute. Immutable.
public sealed interface AttributeValue {
  record Text(String value) implements AttributeValue {}

  record Truth(boolean value) implements AttributeValue {}

  record Whole(long value) implements AttributeValue {}

  record Real(double value) implements AttributeValue {}

  record ListOf(List<AttributeValue> values) implements AttributeValue {
    public ListOf {
      values = List.copyOf(values);
    }
  }

  record MapOf(Attributes members) implements AttributeValue {}

  /// No value at all.
  record Absent() implements AttributeValue {}

  /// Bytes; equal when they are the same ones.
  final class Bytes implements AttributeValue {
    private final byte[] bytes;

    private Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    /// A copy of the bytes.
    public byte[] toArray() {
      return bytes.clone();
    }

    public int size() {
      return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Bytes[" + bytes.length + "]";
    }
  }

  static AttributeValue of(String value) {
    return new Text(value);
  }

  static AttributeValue of(boolean value) {
    return new Truth(value);
  }

  static AttributeValue of(long value) {
    return new Whole(value);
  }

  static AttributeValue of(double value) {
    return new Real(value);
  }

  /// @param bytes is copied
  static AttributeValue of(byte[] bytes) {
    return new Bytes(bytes.clone());
  }
}
