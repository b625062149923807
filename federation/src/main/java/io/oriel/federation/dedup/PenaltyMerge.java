package io.oriel.federation.dedup;

import io.oriel.federation.dedup.Deduplication.Values;
import io.oriel.model.series.SampleColumns;
import java.util.List;

/// Two replicas merged by Thanos' penalty algorithm (pkg/dedup/iter.go upstream); more than two are
/// folded pairwise, from the first on.
///
/// In each step both replicas go to the first sample behind the last one taken plus their penalty,
/// and the earlier sample is taken; the first replica wins a tie. The replica that was not taken is
/// punished with twice the distance of the last two samples, or 5 s before there are two; the one
/// taken is free. So a late replica is not interleaved, and takes over only when the other has
/// missed about two scrapes.
///
/// The steps are walked lazily, not on merged arrays: raising the outer pair must reach both inner
/// replicas at the samples where they stand.
final class PenaltyMerge implements ReplicaCursor {
  private static final long FIRST_PENALTY_MILLIS = 5_000;

  private final ReplicaCursor a;
  private final ReplicaCursor b;
  private boolean hasA;
  private boolean hasB;
  private boolean usesA = true;
  private boolean begun;
  private long lastMillis;
  private long penaltyA;
  private long penaltyB;

  private PenaltyMerge(ReplicaCursor a, ReplicaCursor b) {
    this.a = a;
    this.b = b;
    this.hasA = a.next();
    this.hasB = b.next();
  }

  static void merge(List<SampleColumns> replicas, Values values, SampleColumns into) {
    ReplicaCursor merged = new ReplicaCursor.Single(replicas.getFirst(), values);
    for (SampleColumns replica : replicas.subList(1, replicas.size())) {
      merged = new PenaltyMerge(merged, new ReplicaCursor.Single(replica, values));
    }
    Output out = new Output(into);
    while (merged.next()) {
      merged.emit(out);
    }
  }

  @Override
  public boolean next() {
    boolean usedA = usesA;
    boolean comparable = (usedA ? hasA : hasB) && used().isFloat();
    double lastValue = comparable ? used().value() : 0;
    boolean found = step();
    if (comparable && usesA != usedA) {
      raiseTo(lastValue);
    }
    return found;
  }

  private boolean step() {
    if (begun) {
      hasA = hasA && a.seek(lastMillis + 1 + penaltyA);
      hasB = hasB && b.seek(lastMillis + 1 + penaltyB);
    }
    if (!hasA && !hasB) {
      usesA = false;
      return false;
    }
    if (!hasA || !hasB) {
      return take(hasA);
    }
    boolean first = a.timestampMillis() <= b.timestampMillis();
    long taken = (first ? a : b).timestampMillis();
    long penalty = begun ? 2 * (taken - lastMillis) : FIRST_PENALTY_MILLIS;
    if (first) {
      penaltyB = penalty;
    } else {
      penaltyA = penalty;
    }
    return take(first);
  }

  private boolean take(boolean first) {
    usesA = first;
    if (first) {
      penaltyA = 0;
    } else {
      penaltyB = 0;
    }
    lastMillis = used().timestampMillis();
    begun = true;
    return true;
  }

  private ReplicaCursor used() {
    return usesA ? a : b;
  }

  @Override
  public boolean seek(long timestampMillis) {
    boolean found = true;
    while (found && timestampMillis() < timestampMillis) {
      found = next();
    }
    return found;
  }

  @Override
  public long timestampMillis() {
    return used().timestampMillis();
  }

  @Override
  public boolean isFloat() {
    return used().isFloat();
  }

  @Override
  public double value() {
    return used().value();
  }

  @Override
  public void raiseTo(double lastValue) {
    if (hasA && a.isFloat()) {
      a.raiseTo(lastValue);
    }
    if (hasB && b.isFloat()) {
      b.raiseTo(lastValue);
    }
  }

  @Override
  public void emit(Output out) {
    used().emit(out);
  }
}
