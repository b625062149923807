package io.oriel.federation.storegateway;

import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.bucket.ObjectEntry;
import io.oriel.tsdb.block.Ulid;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Blocks that cannot be served. Each is tried again when its index has changed, and otherwise
/// after a while that doubles from try to try. Thread-safe.
final class Quarantine {
  /// Why a block is in it.
  enum Reason {
    CORRUPT("corrupt"),
    UNAVAILABLE("unavailable"),
    UNSUPPORTED("unsupported");

    private final String word;

    Reason(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofHours(6);

  private final Bucket bucket;
  private final LongSupplier nanos;
  private final GatewayMetrics metrics;
  private final Map<Ulid, Case> cases = new ConcurrentHashMap<>();

  /// A block in it.
  ///
  /// @param fingerprint of its index, as far as the bucket told
  record Case(
      StoredMeta meta,
      Reason reason,
      String problem,
      String fingerprint,
      int tries,
      long retryNanos) {}

  Quarantine(Bucket bucket, LongSupplier nanos, GatewayMetrics metrics) {
    this.bucket = bucket;
    this.nanos = nanos;
    this.metrics = metrics;
    for (Reason reason : Reason.values()) {
      metrics.quarantines.labelValues(reason.word());
    }
  }

  /// Sets a block aside.
  void add(StoredMeta meta, Reason reason, String problem) {
    Case old = cases.get(meta.ulid());
    int tries = old == null ? 0 : old.tries();
    long patience = Math.min(FIRST.toNanos() << Math.min(tries, 20), LONGEST.toNanos());
    String fingerprint = fingerprint(meta.ulid());
    cases.put(
        meta.ulid(),
        new Case(meta, reason, problem, fingerprint, tries + 1, nanos.getAsLong() + patience));
    metrics.quarantines.labelValues(reason.word()).inc();
    metrics.quarantined.set(cases.size());
    LOG.atWarn()
        .addKeyValue("block", meta.ulid())
        .addKeyValue("reason", problem)
        .log("cannot serve block; it is set aside, answers say so");
  }

  private String fingerprint(Ulid ulid) {
    try {
      ObjectEntry index = bucket.attributes(ulid.text() + "/index");
      return index.sizeBytes() + "@" + index.modifiedMillis();
    } catch (BucketException e) {
      return e.kind().name();
    }
  }

  /// Whether a block should be left alone for now.
  boolean holds(Ulid ulid) {
    Case found = cases.get(ulid);
    return found != null
        && found.reason() != Reason.UNAVAILABLE
        && found.retryNanos() - nanos.getAsLong() > 0
        && found.fingerprint().equals(fingerprint(ulid));
  }

  /// Lets a block out, which is served now.
  void remove(Ulid ulid) {
    cases.remove(ulid);
    metrics.quarantined.set(cases.size());
  }

  /// Forgets blocks that are not among {@code present}.
  void retain(Collection<Ulid> present) {
    cases.keySet().retainAll(present);
    metrics.quarantined.set(cases.size());
  }

  List<Case> all() {
    return List.copyOf(cases.values());
  }
}
