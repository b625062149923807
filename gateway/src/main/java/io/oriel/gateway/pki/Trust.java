package io.oriel.gateway.pki;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// What a root's certificates are good for.
public enum Trust {
  METRICS("metrics"),
  LOGS_TRACES("logs-traces");

  private final String word;

  Trust(String word) {
    this.word = word;
  }

  /// The name of its directory, and on the command line.
  public String word() {
    return word;
  }

  /// The root called {@code word}.
  ///
  /// @throws OrielException of kind INVALID when there is none
  public static Trust ofWord(String word) {
    for (Trust trust : values()) {
      if (trust.word.equals(word)) {
        return trust;
      }
    }
    throw new OrielException(Kind.INVALID, "root \"" + word + "\": want metrics or logs-traces");
  }
}
