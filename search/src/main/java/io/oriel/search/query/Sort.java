package io.oriel.search.query;

import io.oriel.model.json.JsonWriter;

/// In which order documents come.
///
/// @param unmappedType the type that an index without the field is taken to have; empty to be
///   refused there
/// @param numericType as in `date_nanos`, to compare dates of two resolutions; empty for the
///   field's own
public record Sort(String field, Order order, String unmappedType, String numericType) {
  /// Up or down.
  public enum Order {
    ASC("asc"),
    DESC("desc");

    private final String word;

    Order(String word) {
      this.word = word;
    }

    /// As the engine says it.
    public String word() {
      return word;
    }
  }

  public static Sort asc(String field) {
    return new Sort(field, Order.ASC, "", "");
  }

  public static Sort desc(String field) {
    return new Sort(field, Order.DESC, "", "");
  }

  /// The same, taking the field to be of {@code type} where an index does not have it.
  public Sort withUnmappedType(String type) {
    return new Sort(field, order, type, numericType);
  }

  /// The same, comparing as {@code type}.
  public Sort withNumericType(String type) {
    return new Sort(field, order, unmappedType, type);
  }

  /// Writes it as an element of `sort`.
  public void writeTo(JsonWriter json) {
    json.beginObject().name(field).beginObject().name("order").string(order.word());
    if (!unmappedType.isEmpty()) {
      json.name("unmapped_type").string(unmappedType);
    }
    if (!numericType.isEmpty()) {
      json.name("numeric_type").string(numericType);
    }
    json.endObject().endObject();
  }
}
