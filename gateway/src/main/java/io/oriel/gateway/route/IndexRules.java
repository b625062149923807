package io.oriel.gateway.route;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.model.matcher.StarPattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
  /// some is nobody's right. What a shipper calls its index when nobody told it another name
  /// becomes one of its cluster's own, unless a pattern has that name itself.
  Optional<Target> target(ClusterIdentity client, String index) {
    if (!NAME.matcher(index).matches()) {
      return Optional.empty();
    }
    return granted(client, index)
        .or(() -> Untold.of(index).flatMap(shipper -> granted(client, shipper.index(client))));
  }

  private Optional<Target> granted(ClusterIdentity client, String index) {
    if (matches(own, client.cluster(), client.environment(), index)) {
      return isOfALongerName(client, index)
          ? Optional.empty()
          : Optional.of(new Target(index, Shape.LOGS));
    }
    return matches(shared, client.cluster(), client.environment(), index)
        ? Optional.of(new Target(index, Shape.OTHER))
        : Optional.empty();
  }

  /// Shippers that nobody told an index, and what they call theirs.
  private enum Untold {
    /// Filebeat's alias or data stream of a version, and its indices of a day: `filebeat-8.17.0`,
    /// `filebeat-7.17.29-2026.11.28`.
    FILEBEAT("filebeat", "filebeat-[0-9]+\\.[0-9]+\\.[0-9]+(-[a-z0-9.-]+)?"),

    /// The one index of Fluent Bit's `es` and `opensearch`.
    FLUENT_BIT("fluent-bit", "fluent-bit"),

    /// Logstash's alias and its indices of a day, `logstash` and `ecs-logstash-2026.11.28`, and
    /// what Fluent Bit and Fluentd write with `logstash_format`.
    LOGSTASH("logstash", "(ecs-)?logstash(-[0-9]{4}[.][0-9]{2}[.][0-9]{2})?(-[0-9]{6})?"),

    /// The data stream of whoever names neither dataset nor namespace: Logstash since version 8,
    /// Vector and the Elastic Agent.
    GENERIC("generic", "logs-generic-default");

    private final String word;
    private final Pattern names;

    Untold(String word, String names) {
      this.word = word;
      this.names = Pattern.compile(names);
    }

    static Optional<Untold> of(String index) {
      return Stream.of(values()).filter(one -> one.names.matcher(index).matches()).findFirst();
    }

    String index(ClusterIdentity client) {
      return "logs-" + client.cluster() + "-" + word;
    }
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
