package io.oriel.search.lifecycle;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The stages of an index' life, in their order.
enum Phase {
  HOT,
  WARM,
  COLD,
  FROZEN,
  DELETE;

  private final String word = name().toLowerCase(Locale.ROOT);

  String word() {
    return word;
  }

  /// The actions that it may hold, in the order in which they are carried out.
  List<String> actions() {
    return switch (this) {
      case HOT ->
          List.of("set_priority", "unfollow", "rollover", "readonly", "shrink", "forcemerge");
      case WARM ->
          List.of(
              "set_priority",
              "unfollow",
              "readonly",
              "allocate",
              "migrate",
              "shrink",
              "forcemerge");
      case COLD -> List.of("set_priority", "unfollow", "readonly", "allocate", "migrate", "freeze");
      case FROZEN -> List.of("unfollow");
      case DELETE -> List.of("delete");
    };
  }

  static Optional<Phase> ofWord(String word) {
    for (Phase phase : values()) {
      if (phase.word.equals(word)) {
        return Optional.of(phase);
      }
    }
    return Optional.empty();
  }
}
