package io.oriel.model.trace;

/// How a span ended.
///
/// @param message for people; empty unless the code is ERROR
public record SpanStatus(Code code, String message) {
  /// Numbers are OTLP's.
  public enum Code {
    UNSET,
    OK,
    ERROR;

    /// The code with OTLP's number; UNSET for any other.
    public static Code ofNumber(int number) {
      return number > 0 && number < values().length ? values()[number] : UNSET;
    }
  }

  /// Nobody said.
  public static final SpanStatus UNSET = new SpanStatus(Code.UNSET, "");

  public boolean isError() {
    return code == Code.ERROR;
  }
}
