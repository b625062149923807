package io.oriel.logs.parse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Fields that all events of a file share, written once. Immutable; at most 64 at the top.
public final class Statics {
  static final Statics NONE = new Statics(Map.of());

  private static final int MOST = 64;

  private final Map<String, Object> tree;
  private final List<String> names;
  private final byte[][] written;

  private Statics(Map<String, Object> tree) {
    this.tree = tree;
    this.names = new ArrayList<>();
    this.written = new byte[tree.size()][];
    int i = 0;
    for (Map.Entry<String, Object> member : tree.entrySet()) {
      names.add(member.getKey());
      DocumentWriter out = new DocumentWriter();
      out.member(member.getKey(), member.getValue());
      written[i++] =
          new String(out.array(), 0, out.size(), StandardCharsets.UTF_8)
              .getBytes(StandardCharsets.UTF_8);
    }
  }

  /// Statics of {@code tree}, which is copied: maps, lists, texts, numbers and truth values.
  public static Statics of(Map<String, Object> tree) {
    if (tree.size() > MOST) {
      throw io.oriel.model.error.OrielException.invalid(
          "fields of a file: got " + tree.size() + " at the top, want at most " + MOST);
    }
    return new Statics(FieldTree.copy(tree));
  }

  /// A copy of the tree, to be changed.
  public Map<String, Object> toTree() {
    return FieldTree.copy(tree);
  }

  int indexOf(String name) {
    return names.indexOf(name);
  }

  int size() {
    return names.size();
  }

  byte[] written(int i) {
    return written[i];
  }

  Map<String, Object> tree() {
    return tree;
  }

  String name(int i) {
    return names.get(i);
  }

  Map<String, Object> copyOf(int i) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put(names.get(i), FieldTree.copyValue(tree.getOrDefault(names.get(i), "")));
    return one;
  }
}
