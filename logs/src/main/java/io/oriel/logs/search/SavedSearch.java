package io.oriel.logs.search;

import io.oriel.model.error.OrielException;
import java.util.List;

/// A search worth keeping.
///
/// @param name what people call it; also what it is found by
/// @param columns fields shown beside the time
/// @param description for people; may be empty
public record SavedSearch(
    String name, String query, LogSyntax language, List<String> columns, String description) {
  private static final int MAX_NAME = 200;

  public SavedSearch {
    columns = List.copyOf(columns);
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw OrielException.invalid(
          "name: got " + name.length() + " characters, want 1 to " + MAX_NAME);
    }
  }
}
