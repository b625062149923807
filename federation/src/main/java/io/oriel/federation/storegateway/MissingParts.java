package io.oriel.federation.storegateway;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.tsdb.block.Ulid;
import io.oriel.wire.storeapi.PartialResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What an answer has to do without. Thread-safe.
final class MissingParts {
  private static final int MOST_WARNINGS = 50;

  private final PartialResponse strategy;
  private final GatewayMetrics metrics;
  private final List<String> warnings = new ArrayList<>();
  private int untold;

  MissingParts(PartialResponse strategy, GatewayMetrics metrics) {
    this.strategy = strategy;
    this.metrics = metrics;
  }

  /// Notes that a block, or a part of it, is missing.
  ///
  /// @throws OrielException {@code failure} itself when it is the request's own, or one that names
  ///   the block when nothing must be missing
  synchronized void note(Ulid ulid, String part, OrielException failure) {
    if (failure instanceof LimitExceeded
        || failure.kind() == Kind.CANCELLED
        || failure.kind() == Kind.INVALID
        || failure.kind() == Kind.BUG) {
      throw failure;
    }
    note(failure.kind(), "no " + part + " of block " + ulid + ": " + failure.reason());
  }

  synchronized void note(Kind kind, String text) {
    if (strategy == PartialResponse.ABORT) {
      throw new OrielException(kind == Kind.NOT_FOUND ? Kind.UNAVAILABLE : kind, text);
    }
    metrics.missing.labelValues(kind.name().toLowerCase(Locale.ROOT)).inc();
    if (warnings.size() < MOST_WARNINGS) {
      warnings.add(text);
    } else {
      untold++;
    }
  }

  synchronized List<String> warnings() {
    List<String> all = new ArrayList<>(warnings);
    if (untold > 0) {
      all.add("and " + untold + " more warnings");
    }
    return all;
  }
}
