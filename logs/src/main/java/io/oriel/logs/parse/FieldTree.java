package io.oriel.logs.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and changes nested maps by dotted paths. A key that has dots itself is found too: the
/// longest key that fits wins at each level.
public final class FieldTree {
  private FieldTree() {}

  /// The value at {@code path}; null when there is none.
  public static @Nullable Object get(Map<String, Object> tree, String path) {
    Object whole = tree.get(path);
    if (whole != null) {
      return whole;
    }
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      Object child = tree.get(path.substring(0, dot));
      if (child instanceof Map<?, ?> map) {
        Object found = get(typed(map), path.substring(dot + 1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /// Sets the value at {@code path}, making maps on the way; a value that is no map gives way.
  public static void put(Map<String, Object> tree, String path, Object value) {
    int dot = path.indexOf('.');
    if (dot < 0 || tree.containsKey(path)) {
      tree.put(path, value);
      return;
    }
    String first = path.substring(0, dot);
    if (tree.get(first) instanceof Map<?, ?> map) {
      put(typed(map), path.substring(dot + 1), value);
      return;
    }
    Map<String, Object> made = new LinkedHashMap<>();
    tree.put(first, made);
    put(made, path.substring(dot + 1), value);
  }

  /// Removes the value at {@code path}; maps that become empty stay.
  ///
  /// @return what was there; null when there was nothing
  public static @Nullable Object remove(Map<String, Object> tree, String path) {
    if (tree.containsKey(path)) {
      return tree.remove(path);
    }
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      if (tree.get(path.substring(0, dot)) instanceof Map<?, ?> map) {
        Object removed = remove(typed(map), path.substring(dot + 1));
        if (removed != null) {
          return removed;
        }
      }
    }
    return null;
  }

  /// Puts everything of {@code more} into {@code tree}, map into map.
  ///
  /// @param overwrite whether a value that is there gives way
  public static void merge(Map<String, Object> tree, Map<String, Object> more, boolean overwrite) {
    more.forEach(
        (key, value) -> {
          Object there = tree.get(key);
          if (there instanceof Map<?, ?> a && value instanceof Map<?, ?> b) {
            merge(typed(a), typed(b), overwrite);
          } else if (there == null || overwrite) {
            tree.put(key, value);
          }
        });
  }

  /// A copy of which no part is shared.
  public static Map<String, Object> copy(Map<String, Object> tree) {
    Map<String, Object> copy = new LinkedHashMap<>();
    tree.forEach((key, value) -> copy.put(key, copyValue(value)));
    return copy;
  }

  static Object copyValue(Object value) {
    if (value instanceof Map<?, ?> map) {
      return copy(typed(map));
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(item -> copy.add(copyValue(item)));
      return copy;
    }
    return value;
  }

  /// Every key with dots taken apart into maps.
  public static Map<String, Object> expand(Map<String, Object> tree) {
    Map<String, Object> expanded = new LinkedHashMap<>();
    tree.forEach(
        (key, value) -> {
          Object inner = value instanceof Map<?, ?> map ? expand(typed(map)) : value;
          Map<String, Object> one = new LinkedHashMap<>();
          put(one, key, inner);
          merge(expanded, one, true);
        });
    return expanded;
  }

  /// Maps in a tree have texts as keys; the parsers and the config reader see to it.
  @SuppressWarnings("unchecked")
  public static Map<String, Object> typed(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
