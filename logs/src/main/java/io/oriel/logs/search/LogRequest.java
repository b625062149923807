package io.oriel.logs.search;

import io.oriel.model.error.OrielException;

/// Which lines.
///
/// @param text in {@code syntax}; blank for all
/// @param fromMillis Unix time of the first, inclusive
/// @param toMillis Unix time of the last, exclusive
public record LogRequest(
    String text, LogSyntax syntax, long fromMillis, long toMillis, LogAccess access) {
  public LogRequest {
    if (fromMillis >= toMillis) {
      throw OrielException.invalid(
          "time range: got " + fromMillis + " to " + toMillis + ", want a start before its end");
    }
  }
}
