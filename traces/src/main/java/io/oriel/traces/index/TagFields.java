package io.oriel.traces.index;

import java.util.Set;

/// Which tags are fields of their own (`tag.http@method`) instead of nested objects: upstream's
/// `--es.tags-as-fields.*`.
///
/// @param all every tag but binary ones
/// @param keys those of these names; without meaning when {@code all}
/// @param dotReplacement stands for a dot in a name, since a dot would make an object of it
public record TagFields(boolean all, Set<String> keys, String dotReplacement) {
  private static final String AT = "@";

  public TagFields {
    keys = Set.copyOf(keys);
  }

  /// None, which is upstream's default.
  public static TagFields none() {
    return new TagFields(false, Set.of(), AT);
  }

  /// Every tag.
  public static TagFields everything() {
    return new TagFields(true, Set.of(), AT);
  }

  /// Whether any tag is a field.
  public boolean any() {
    return all || !keys.isEmpty();
  }

  boolean has(String key) {
    return all || keys.contains(key);
  }

  /// How a tag's name is written as a field's.
  public String field(String key) {
    return key.replace(".", dotReplacement);
  }

  String key(String field) {
    return field.replace(dotReplacement, ".");
  }
}
