package io.oriel.wire.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Fills protobuf messages from OTLP's JSON: proto3's mapping, but ids in hex, enums as numbers
/// too, and unknown fields passed over.
final class OtlpJson {
  /** Deeper values are refused, as protobuf refuses them. */
  private static final int MAX_DEPTH = 100;

  private static final int MAX_SHOWN = 128;
  private static final double MAX_EXACT = 1L << 53;

  private static final Set<String> HEX_FIELDS = Set.of("trace_id", "span_id", "parent_span_id");
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private final JsonParser in;
  private final Map<String, Map<String, FieldDescriptor>> fields = new HashMap<>();

  private OtlpJson(JsonParser in) {
    this.in = in;
  }

  /// Adds what {@code json} says to {@code into}.
  ///
  /// @throws OrielException of kind INVALID when it is no JSON, or not of this message
  static void merge(byte[] json, Message.Builder into) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      OtlpJson reader = new OtlpJson(parser);
      reader.want(parser.nextToken(), JsonToken.START_OBJECT, "the request");
      reader.message(into, 0);
      if (parser.nextToken() != null) {
        throw reader.mistake("the request", "nothing after it");
      }
    } catch (JacksonException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new OrielException(Kind.INVALID, "not OTLP in JSON: " + why, e);
    }
  }

  private void message(Message.Builder into, int depth) {
    if (depth > MAX_DEPTH) {
      throw OrielException.invalid("OTLP in JSON: nested deeper than " + MAX_DEPTH);
    }
    for (JsonToken t = in.nextToken(); t != JsonToken.END_OBJECT; t = in.nextToken()) {
      want(t, JsonToken.PROPERTY_NAME, into.getDescriptorForType().getName());
      FieldDescriptor field = field(into, in.currentName());
      JsonToken value = in.nextToken();
      if (field == null) {
        in.skipChildren();
      } else if (value != JsonToken.VALUE_NULL) {
        field(into, field, depth);
      }
    }
  }

  private @Nullable FieldDescriptor field(Message.Builder of, String name) {
    return fields
        .computeIfAbsent(of.getDescriptorForType().getFullName(), _ -> names(of))
        .get(name);
  }

  private static Map<String, FieldDescriptor> names(Message.Builder of) {
    Map<String, FieldDescriptor> names = new HashMap<>();
    for (FieldDescriptor field : of.getDescriptorForType().getFields()) {
      names.put(field.getName(), field);
      names.put(field.getJsonName(), field);
    }
    return names;
  }

  private void field(Message.Builder into, FieldDescriptor field, int depth) {
    if (!field.isRepeated()) {
      into.setField(field, value(into, field, depth));
      return;
    }
    want(in.currentToken(), JsonToken.START_ARRAY, field.getJsonName());
    for (JsonToken t = in.nextToken(); t != JsonToken.END_ARRAY; t = in.nextToken()) {
      if (t == JsonToken.VALUE_NULL) {
        throw mistake(field.getJsonName(), "no null in a list");
      }
      into.addRepeatedField(field, value(into, field, depth));
    }
  }

  private Object value(Message.Builder owner, FieldDescriptor field, int depth) {
    String name = field.getJsonName();
    return switch (field.getJavaType()) {
      case MESSAGE -> {
        want(in.currentToken(), JsonToken.START_OBJECT, name);
        Message.Builder inner = owner.newBuilderForField(field);
        message(inner, depth + 1);
        yield inner.build();
      }
      case STRING -> {
        want(in.currentToken(), JsonToken.VALUE_STRING, name);
        yield in.getString();
      }
      case BOOLEAN -> {
        boolean known =
            in.currentToken() == JsonToken.VALUE_TRUE || in.currentToken() == JsonToken.VALUE_FALSE;
        if (!known) {
          throw mistake(name, "true or false");
        }
        yield in.currentToken() == JsonToken.VALUE_TRUE;
      }
      case INT -> (int) whole(field);
      case LONG -> whole(field);
      case DOUBLE -> decimal(name);
      case FLOAT -> (float) decimal(name);
      case ENUM -> constant(field);
      case BYTE_STRING -> bytes(field);
    };
  }

  /// A whole number, written as one or as text, which proto3 does with 64 bits.
  private long whole(FieldDescriptor field) {
    String text = scalar(field.getJsonName());
    try {
      return switch (field.getType()) {
        case FIXED64, UINT64 -> Long.parseUnsignedLong(text);
        case FIXED32, UINT32 -> Integer.parseUnsignedInt(text);
        case INT32, SINT32, SFIXED32 -> Integer.parseInt(text);
        default -> Long.parseLong(text);
      };
    } catch (NumberFormatException _) {
      double value = decimal(field.getJsonName());
      if (value != Math.rint(value) || Math.abs(value) > MAX_EXACT) {
        throw mistake(field.getJsonName(), "a whole number in range");
      }
      return (long) value;
    }
  }

  private double decimal(String name) {
    String text = scalar(name);
    try {
      return switch (text) {
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException _) {
      throw mistake(name, "a number");
    }
  }

  private String scalar(String name) {
    JsonToken token = in.currentToken();
    boolean fits =
        token == JsonToken.VALUE_STRING
            || token == JsonToken.VALUE_NUMBER_INT
            || token == JsonToken.VALUE_NUMBER_FLOAT;
    if (!fits) {
      throw mistake(name, "a number or text");
    }
    return in.getString();
  }

  private EnumValueDescriptor constant(FieldDescriptor field) {
    String text = scalar(field.getJsonName());
    EnumValueDescriptor named = field.getEnumType().findValueByName(text);
    if (named != null) {
      return named;
    }
    try {
      return field.getEnumType().findValueByNumberCreatingIfUnknown(Integer.parseInt(text));
    } catch (NumberFormatException _) {
      throw mistake(field.getJsonName(), "one of the names or numbers of the enum");
    }
  }

  private ByteString bytes(FieldDescriptor field) {
    want(in.currentToken(), JsonToken.VALUE_STRING, field.getJsonName());
    String text = in.getString();
    try {
      return ByteString.copyFrom(
          HEX_FIELDS.contains(field.getName())
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException _) {
      throw mistake(
          field.getJsonName(), HEX_FIELDS.contains(field.getName()) ? "hex digits" : "base64");
    }
  }

  private void want(@Nullable JsonToken got, JsonToken wanted, String where) {
    if (got != wanted) {
      String what =
          switch (wanted) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "text";
            default -> "a field";
          };
      throw mistake(where, what);
    }
  }

  private OrielException mistake(String where, String wanted) {
    String got = String.valueOf(in.getString());
    String shown = got.length() <= MAX_SHOWN ? got : got.substring(0, MAX_SHOWN) + "…";
    return OrielException.invalid(
        "OTLP in JSON: " + where + ": got " + Quoted.of(shown) + ", want " + wanted);
  }
}
