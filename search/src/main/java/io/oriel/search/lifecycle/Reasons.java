package io.oriel.search.lifecycle;

import java.util.Locale;
import org.opensearch.ExceptionsHelper;
import org.opensearch.OpenSearchException;

/// Failures as `step_info` tells them.
final class Reasons {
  private Reasons() {}

  /// `{"type":…,"reason":…}`, types in snake case as the engine's errors have them.
  static String of(Throwable failure) {
    Throwable cause = ExceptionsHelper.unwrapCause(failure);
    return "{\"type\":\""
        + escape(OpenSearchException.getExceptionName(cause).toLowerCase(Locale.ROOT))
        + "\",\"reason\":\""
        + escape(String.valueOf(cause.getMessage()))
        + "\"}";
  }

  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }
}
