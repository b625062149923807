package io.oriel.wire.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads `KeyValue` and `AnyValue`. Not thread-safe.
final class ValueReader {
  private static final int MAX_NAMES = 1024;

  private final CodedInputStream in;
  private final SpanBounds bounds;

  /** A request says the same few names over and over. */
  private final Map<String, String> names = new HashMap<>();

  ValueReader(CodedInputStream in, SpanBounds bounds) {
    this.in = in;
    this.bounds = bounds;
  }

  /// Adds the `KeyValue` that comes next.
  void keyValue(Attributes.Builder into) throws IOException {
    keyValue(into, 0);
  }

  private void keyValue(Attributes.Builder into, int depth) throws IOException {
    bounds.element();
    int end = in.pushLimit(in.readRawVarint32());
    String key = "";
    AttributeValue value = new AttributeValue.Absent();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> key = name(in.readStringRequireUtf8());
        case 18 -> value = value(depth + 1);
        default -> in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    into.add(key, value);
  }

  /// One string for all that are equal.
  String name(String text) {
    String known = names.get(text);
    if (known != null) {
      return known;
    }
    if (names.size() < MAX_NAMES) {
      names.put(text, text);
    }
    return text;
  }

  private AttributeValue value(int depth) throws IOException {
    if (depth > SpanBounds.MAX_DEPTH) {
      throw OrielException.invalid(
          "OTLP: an attribute's value is nested deeper than " + SpanBounds.MAX_DEPTH);
    }
    bounds.element();
    int end = in.pushLimit(in.readRawVarint32());
    AttributeValue value = new AttributeValue.Absent();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> value = AttributeValue.of(in.readStringRequireUtf8());
        case 16 -> value = AttributeValue.of(in.readBool());
        case 24 -> value = AttributeValue.of(in.readInt64());
        case 33 -> value = AttributeValue.of(in.readDouble());
        case 42 -> value = list(depth);
        case 50 -> value = map(depth);
        case 58 -> value = AttributeValue.of(in.readByteArray());
        default -> in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    return value;
  }

  private AttributeValue list(int depth) throws IOException {
    int end = in.pushLimit(in.readRawVarint32());
    List<AttributeValue> values = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 1
          && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        values.add(value(depth + 1));
      } else {
        in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    return new AttributeValue.ListOf(values);
  }

  private AttributeValue map(int depth) throws IOException {
    int end = in.pushLimit(in.readRawVarint32());
    Attributes.Builder members = Attributes.builder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == 10) {
        keyValue(members, depth + 1);
      } else {
        in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
    return new AttributeValue.MapOf(members.build());
  }
}
