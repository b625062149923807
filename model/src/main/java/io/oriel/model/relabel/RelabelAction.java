package io.oriel.model.relabel;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.util.Locale;

/// What a relabelling rule does.
public enum RelabelAction {
  REPLACE,
  KEEP,
  DROP,
  KEEPEQUAL,
  DROPEQUAL,
  HASHMOD,
  LABELMAP,
  LABELDROP,
  LABELKEEP,
  LOWERCASE,
  UPPERCASE;

  /// The action called {@code word}, in any case.
  ///
  /// @throws OrielException of kind INVALID when there is none
  public static RelabelAction ofWord(String word) {
    for (RelabelAction action : values()) {
      if (action.word().equals(word.toLowerCase(Locale.ROOT))) {
        return action;
      }
    }
    throw OrielException.invalid("unknown relabel action " + Quoted.of(word));
  }

  /// As the config writes it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
