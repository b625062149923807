package io.oriel.federation.frontend;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How a query frontend works; the names are those of its flags.
///
/// @param downstream the query role, such as `http://localhost:10902`
/// @param range how range queries are treated
/// @param tenantHeader passed on and part of the cache's key
/// @param forwardHeaders further headers that range queries pass on, in lower case
/// @param orgIdHeaders headers that name who asked, for the log of slow queries
/// @param logQueriesLongerThan zero logs none, less than zero logs all
public record FrontendSettings(
    URI downstream,
    Range range,
    String tenantHeader,
    List<String> forwardHeaders,
    List<String> orgIdHeaders,
    Duration logQueriesLongerThan) {
  public FrontendSettings {
    forwardHeaders = List.copyOf(forwardHeaders);
    orgIdHeaders = List.copyOf(orgIdHeaders);
  }

  /// The treatment of range queries.
  ///
  /// @param splitInterval zero for no splitting
  /// @param alignWithStep whether start and end are rounded down to multiples of the step
  /// @param maxRetries how often a piece is asked at most when the query role fails; at least once
  /// @param maxLength the longest range allowed, zero for any
  /// @param maxParallelism pieces of one query that are asked at once
  /// @param partialResponse what is asked for when the client does not say
  /// @param cache of results, if any; needs a split interval
  /// @param maxFreshness how old a point must be to be remembered
  /// @param verticalShards into how many parts a piece is sharded, fewer than two for none
  public record Range(
      Duration splitInterval,
      boolean alignWithStep,
      int maxRetries,
      Duration maxLength,
      int maxParallelism,
      boolean partialResponse,
      Optional<CacheConfig> cache,
      Duration maxFreshness,
      int verticalShards) {
    /// Upstream's defaults.
    public static Range standard() {
      return new Range(
          Duration.ofHours(24),
          true,
          5,
          Duration.ZERO,
          14,
          true,
          Optional.empty(),
          Duration.ofMinutes(1),
          0);
    }
  }
}
