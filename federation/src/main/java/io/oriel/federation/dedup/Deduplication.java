package io.oriel.federation.dedup;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.SampleColumns;
import java.util.List;

/// How replicas of one series are merged.
///
/// All three take replicas whose samples are sorted by time, each time once, floats and histograms
/// alike, and append to {@code into} samples in strictly rising order of time, start timestamps
/// included. A histogram that does not follow the sample it followed in its replica says nothing of
/// counter resets any more, unless it is a gauge.
public enum Deduplication {
  /**
   * Thanos' default: stays with one replica and moves to another only after a gap of twice the last
   * distance of samples.
   */
  PENALTY("penalty") {
    @Override
    void merge(List<SampleColumns> replicas, Values values, SampleColumns into) {
      PenaltyMerge.merge(replicas, values, into);
    }
  },

  /** Every sample of every replica; of several with one time the first replica's. */
  CHAIN("chain") {
    @Override
    void merge(List<SampleColumns> replicas, Values values, SampleColumns into) {
      ChainMerge.merge(replicas, into);
    }
  },

  /**
   * Stays with one replica and moves to another as soon as a sample is overdue by half the
   * replica's own scrape interval, so a gap never grows beyond two intervals while any replica has
   * samples; a replica that lost its target does not hide one that still has it.
   */
  INTERVAL("interval") {
    @Override
    void merge(List<SampleColumns> replicas, Values values, SampleColumns into) {
      IntervalMerge.merge(replicas, values, into);
    }
  };

  /// Whether a value may be moved to fit the one before it.
  enum Values {
    AS_THEY_ARE,
    NEVER_FALLING
  }

  private final String flag;

  Deduplication(String flag) {
    this.flag = flag;
  }

  /// The algorithm's name on command lines and in requests.
  public String flag() {
    return flag;
  }

  /// The algorithm called {@code flag}.
  ///
  /// @throws OrielException of kind INVALID when there is none
  public static Deduplication ofFlag(String flag) {
    for (Deduplication each : values()) {
      if (each.flag.equals(flag)) {
        return each;
      }
    }
    throw new OrielException(
        Kind.INVALID,
        "deduplication: got \"" + flag + "\", want \"penalty\", \"chain\" or \"interval\"");
  }

  /// Merges replicas of a series whose values stay as they are: gauges, histograms, or anything in
  /// a block.
  public void merge(List<SampleColumns> replicas, SampleColumns into) {
    mergeAny(replicas, Values.AS_THEY_ARE, into);
  }

  /// Merges replicas of a counter whose resets were taken out before, so that it never falls: where
  /// the answer moves to a replica that has counted less, that replica is raised from there on.
  /// CHAIN raises nothing.
  public void mergeCounters(List<SampleColumns> replicas, SampleColumns into) {
    mergeAny(replicas, Values.NEVER_FALLING, into);
  }

  private void mergeAny(List<SampleColumns> replicas, Values values, SampleColumns into) {
    if (replicas.size() == 1) {
      SampleColumns only = replicas.getFirst();
      into.reserve(only.size());
      for (int i = 0; i < only.size(); i++) {
        into.addRow(only, i);
      }
    } else if (!replicas.isEmpty()) {
      merge(replicas, values, into);
    }
  }

  abstract void merge(List<SampleColumns> replicas, Values values, SampleColumns into);
}
