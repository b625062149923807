package io.oriel.federation.storegateway;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;

/// How a store gateway runs.
///
/// @param directory where index-headers are kept
/// @param minMillis from where on samples are served, Unix milliseconds; asked anew each time
/// @param maxMillis up to where, inclusive
/// @param syncConcurrency how many blocks are loaded at once
/// @param headers how index-headers are held
/// @param limits of one request
/// @param lazyPostings whether postings may be left out where that is less to read
/// @param fetchBytes that all requests together may have on the way from the bucket
public record GatewayOptions(
    Path directory,
    LongSupplier minMillis,
    LongSupplier maxMillis,
    int syncConcurrency,
    Headers headers,
    Limits limits,
    boolean lazyPostings,
    long fetchBytes) {
  /// How index-headers are held.
  ///
  /// @param makeEarly whether a new block's header is made at once, rather than for the first query
  /// @param mapEarly whether it is mapped at once, too
  /// @param idleAfter how long an unused one stays mapped; zero for ever
  /// @param mostHeapBytes what mapped ones may hold of the heap, except for those in use
  /// @param sampling how many values there are for one whose place is held on the heap
  public record Headers(
      boolean makeEarly, boolean mapEarly, Duration idleAfter, long mostHeapBytes, int sampling) {}

  /// What one request may take; zero stands for no limit, except for {@code concurrency}.
  ///
  /// @param series that a request may select
  /// @param samples counted as 120 for each chunk
  /// @param downloadedBytes that a request may read from the bucket
  /// @param concurrency requests that run at once; others wait
  public record Limits(long series, long samples, long downloadedBytes, int concurrency) {}

  /// What Thanos does by default, but with headers that are mapped while they are used.
  public static GatewayOptions standard(Path directory) {
    return new GatewayOptions(
        directory,
        () -> Long.MIN_VALUE,
        () -> Long.MAX_VALUE,
        20,
        new Headers(true, false, Duration.ofMinutes(5), 256L << 20, 32),
        new Limits(0, 0, 0, 20),
        true,
        256L << 20);
  }

  /// The same with other limits.
  public GatewayOptions withLimits(Limits newLimits) {
    return new GatewayOptions(
        directory,
        minMillis,
        maxMillis,
        syncConcurrency,
        headers,
        newLimits,
        lazyPostings,
        fetchBytes);
  }

  /// The same with headers held otherwise.
  public GatewayOptions withHeaders(Headers newHeaders) {
    return new GatewayOptions(
        directory,
        minMillis,
        maxMillis,
        syncConcurrency,
        newHeaders,
        limits,
        lazyPostings,
        fetchBytes);
  }
}
