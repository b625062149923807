package io.oriel.model.trace;

import java.util.Locale;

/// What a span is to its neighbours; numbers are OTLP's.
public enum SpanKind {
  UNSPECIFIED,
  INTERNAL,
  SERVER,
  CLIENT,
  PRODUCER,
  CONSUMER;

  private final String word = name().toLowerCase(Locale.ROOT);

  /// As Jaeger's tag `span.kind` says it.
  public String word() {
    return word;
  }

  /// The number in OTLP.
  public int number() {
    return ordinal();
  }

  /// The kind with OTLP's number; UNSPECIFIED for any other.
  public static SpanKind ofNumber(int number) {
    return number > 0 && number < values().length ? values()[number] : UNSPECIFIED;
  }

  /// The kind with Jaeger's word; UNSPECIFIED for any other.
  public static SpanKind ofWord(String word) {
    for (SpanKind kind : values()) {
      if (kind.word.equals(word)) {
        return kind;
      }
    }
    return UNSPECIFIED;
  }
}
