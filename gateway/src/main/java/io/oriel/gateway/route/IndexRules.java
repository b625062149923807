package io.oriel.gateway.route;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.model.matcher.StarPattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which index a cluster may add documents to. Immutable.
///
/// A pattern may have `*` for anything and `{cluster}` and `{environment}` for the client's own.
///
/// @param own indices of one cluster only
/// @param shared indices of several clusters
/// @param clusters all that are known, so that one whose name starts like another's cannot write
///   that one's indices; may be empty
record IndexRules(List<String> own, List<String> shared, Set<String> clusters) {
  /** What the engine allows, and nothing that it would expand to something else. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._+-]{0,254}");

  IndexRules {
    own = List.copyOf(own);
    shared = List.copyOf(shared);
    clusters = Set.copyOf(clusters);
  }

  /// The platform's own names: `logs-CLUSTER-*`, and Jaeger's indices and data streams with and
  /// without a prefix.
  static IndexRules standard(Set<String> clusters) {
    return new IndexRules(
        List.of("logs-{cluster}", "logs-{cluster}-*"),
        List.of(
            "jaeger-span-*",
            "jaeger-service-*",
            "jaeger-dependencies-*",
            "jaeger-sampling-*",
            "jaeger-{environment}-jaeger-*",
            "jaeger-{cluster}-jaeger-*",
            "jaeger.spans",
            "jaeger.services",
            "jaeger.dependencies",
            "jaeger-{environment}.jaeger.spans",
            "jaeger-{environment}.jaeger.services",
            "jaeger-{environment}.jaeger.dependencies",
            "jaeger-{cluster}.jaeger.spans",
            "jaeger-{cluster}.jaeger.services",
            "jaeger-{cluster}.jaeger.dependencies"),
        clusters);
  }

  /// Where documents go that a client adds to an index; empty when it may not. To change or remove
  /// some is nobody's right.
  Optional<Target> target(ClusterIdentity client, String index) {
    if (!NAME.matcher(index).matches()) {
      return Optional.empty();
    }
    if (matches(own, client.cluster(), client.environment(), index)) {
      return isOfALongerName(client, index)
          ? Optional.empty()
          : Optional.of(new Target(index, Shape.LOGS));
    }
    return matches(shared, client.cluster(), client.environment(), index)
        ? Optional.of(new Target(index, Shape.OTHER))
        : Optional.empty();
  }

  /// An index that documents are added to.
  record Target(String index, Shape shape) {}

  private boolean isOfALongerName(ClusterIdentity client, String index) {
    for (String other : clusters) {
      boolean longer =
          other.length() > client.cluster().length() && other.startsWith(client.cluster());
      if (longer && matches(own, other, client.environment(), index)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(
      List<String> patterns, String cluster, String environment, String index) {
    for (String pattern : patterns) {
      String filled = pattern.replace("{cluster}", cluster).replace("{environment}", environment);
      if (StarPattern.matches(filled, index)) {
        return true;
      }
    }
    return false;
  }

  /// What to tell a client that asked for another one.
  String ownOf(ClusterIdentity client) {
    return own.getLast()
        .replace("{cluster}", client.cluster())
        .replace("{environment}", client.environment());
  }
}
