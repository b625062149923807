package io.oriel.model.series;

import java.util.List;

/// A value together with what its reader should know about it.
public record Answer<T>(T value, List<Warning> warnings) {
  public Answer {
    warnings = List.copyOf(warnings);
  }

  /// A complete answer.
  public static <T> Answer<T> of(T value) {
    return new Answer<>(value, List.of());
  }
}
