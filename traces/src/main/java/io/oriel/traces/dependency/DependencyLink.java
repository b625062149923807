package io.oriel.traces.dependency;

/// How often one service called another.
public record DependencyLink(String parent, String child, long calls)
    implements Comparable<DependencyLink> {
  /// By the names.
  @Override
  public int compareTo(DependencyLink other) {
    int order = parent.compareTo(other.parent);
    return order != 0 ? order : child.compareTo(other.child);
  }
}
