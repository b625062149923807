package io.oriel.traces.sample;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.trace.Span;
import io.oriel.wire.jaeger.SamplingStrategy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Probabilities that give each operation so many sampled traces a second: upstream's adaptive
/// sampling. Thread-safe.
///
/// Root spans are counted by service, operation and the probability they were sampled with. Each
/// interval becomes a bucket; rates of the last buckets are averaged with weights of the fourth
/// power of their rank; the probability is multiplied by target over rate, growing by a bounded
/// share at a time and falling at once. An operation whose spans do not have the probability it was
/// told does not follow us, and keeps its own.
public final class AdaptiveSampling implements StrategyProvider {
  private static final int MOST_SERVICES = 10_000;
  private static final int MOST_OPERATIONS = 2_000;
  private static final int MOST_PROBABILITIES = 10;
  private static final double SAME = 1e-10;

  private final AdaptiveOptions options;

  @GuardedBy("this")
  private Map<Key, Count> counting = new HashMap<>();

  @GuardedBy("this")
  private final Deque<Bucket> buckets = new ArrayDeque<>();

  @GuardedBy("this")
  private final Map<Key, Double> probabilities = new HashMap<>();

  /** Who followed us in the calculation before. */
  @GuardedBy("this")
  private Set<Key> followed = new HashSet<>();

  private volatile Map<String, List<SamplingStrategy.Operation>> told = Map.of();

  /// A service's operation.
  record Key(String service, String operation) {}

  /// What came of an operation in one interval.
  static final class Count {
    long traces;
    final Set<String> probabilities = new HashSet<>();

    void sampledWith(String probability) {
      if (probabilities.size() < MOST_PROBABILITIES) {
        probabilities.add(probability);
      }
    }
  }

  private record Bucket(Map<Key, Count> counts, double seconds) {}

  public AdaptiveSampling(AdaptiveOptions options) {
    this.options = options;
  }

  /// Counts the root spans among {@code spans}.
  public void see(List<Span> spans) {
    for (Span span : spans) {
      if (span.isRoot() && !span.attributes().text("sampler.type").equals("lowerbound")) {
        count(span);
      }
    }
  }

  private synchronized void count(Span span) {
    Count count = counting(new Key(span.service(), span.name()));
    if (count != null) {
      count.traces++;
      count.sampledWith(shown(probability(span)));
    }
  }

  /// The count of an operation; none when there are too many of them.
  @GuardedBy("this")
  private @Nullable Count counting(Key key) {
    Count count = counting.get(key);
    if (count == null && counting.size() < MOST_SERVICES * 10) {
      count = new Count();
      counting.put(key, count);
    }
    return count;
  }

  private static double probability(Span span) {
    if (OtState.of(span.traceState()).threshold() >= 0) {
      return 1 / ConsistentSampling.adjustedCount(span);
    }
    return span.attributes()
        .get("sampler.param")
        .map(value -> value instanceof AttributeValue.Real real ? real.value() : 0.0)
        .orElse(0.0);
  }

  /** As upstream compares probabilities: to six decimals. */
  private static String shown(double probability) {
    return String.format(Locale.ROOT, "%.6f", probability);
  }

  /// What was seen of an operation.
  ///
  /// @param traces root spans
  /// @param probabilities they were sampled with, to six decimals
  public record Seen(String service, String operation, long traces, Set<String> probabilities) {
    public Seen {
      probabilities = Set.copyOf(probabilities);
    }
  }

  /// Hands out what was counted in this interval so far, for another to calculate with.
  public synchronized List<Seen> drain() {
    List<Seen> seen = new ArrayList<>(counting.size());
    counting.forEach(
        (key, count) ->
            seen.add(new Seen(key.service, key.operation, count.traces, count.probabilities)));
    counting = new HashMap<>();
    return seen;
  }

  /// Counts what others have seen.
  public synchronized void add(List<Seen> seen) {
    for (Seen one : seen) {
      Count count = counting(new Key(one.service(), one.operation()));
      if (count != null) {
        count.traces += one.traces();
        one.probabilities().forEach(count::sampledWith);
      }
    }
  }

  /// The probabilities as they are now, by service and operation.
  public synchronized Map<String, Map<String, Double>> probabilities() {
    Map<String, Map<String, Double>> all = new HashMap<>();
    probabilities.forEach(
        (key, probability) ->
            all.computeIfAbsent(key.service, _ -> new HashMap<>()).put(key.operation, probability));
    return all;
  }

  /// Goes on with probabilities that another has calculated.
  public synchronized void adopt(Map<String, Map<String, Double>> calculated) {
    buckets.clear();
    probabilities.clear();
    calculated.forEach(
        (service, operations) ->
            operations.forEach(
                (operation, probability) ->
                    probabilities.put(new Key(service, operation), probability)));
    publish();
  }

  /// Ends an interval of {@code seconds} and calculates anew.
  public synchronized void calculate(double seconds) {
    buckets.addFirst(new Bucket(counting, seconds));
    counting = new HashMap<>();
    if (buckets.size() > options.buckets()) {
      buckets.removeLast();
    }
    Set<Key> present = new HashSet<>();
    buckets.forEach(bucket -> present.addAll(bucket.counts.keySet()));
    Set<Key> following = new HashSet<>();
    for (Key key : present) {
      double old = probabilities.getOrDefault(key, options.initial());
      if (follows(key, old)) {
        following.add(key);
        probabilities.put(key, next(old, rate(key)));
      } else {
        probabilities.put(key, old);
      }
    }
    if (buckets.size() == options.buckets()) {
      // before that, what another has calculated may not have come by yet
      probabilities.keySet().retainAll(present);
    }
    followed = following;
    publish();
  }

  @GuardedBy("this")
  private boolean follows(Key key, double probability) {
    if (Math.abs(probability - options.initial()) < SAME) {
      return true;
    }
    Count latest = buckets.getFirst().counts.get(key);
    return latest == null
        ? followed.contains(key)
        : latest.probabilities.contains(shown(probability));
  }

  /// The newest bucket first, each weighing the fourth power of its rank from the end.
  @GuardedBy("this")
  private double rate(Key key) {
    List<Double> rates = new ArrayList<>();
    for (Bucket bucket : buckets) {
      Count count = bucket.counts.get(key);
      if (count != null) {
        rates.add(count.traces / bucket.seconds);
      }
    }
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < rates.size(); i++) {
      double weight = Math.pow(rates.size() - i, 4);
      sum += rates.get(i) * weight;
      weights += weight;
    }
    return weights == 0 ? 0 : sum / weights;
  }

  /// The probability after {@code old} at {@code rate} sampled traces a second.
  double next(double old, double rate) {
    double target = options.targetPerSecond();
    if (Math.abs(rate - target) / target < options.tolerance()) {
      return old;
    }
    double factor = rate == 0 ? 2 : target / rate;
    double bounded = factor > 1 && rate != 0 ? Math.min(factor, 1 + options.growth()) : factor;
    return Math.clamp(old * bounded, options.lowest(), 1.0);
  }

  @GuardedBy("this")
  private void publish() {
    Map<String, List<SamplingStrategy.Operation>> byService = new HashMap<>();
    probabilities.forEach(
        (key, probability) -> {
          if (byService.size() < MOST_SERVICES || byService.containsKey(key.service)) {
            List<SamplingStrategy.Operation> operations =
                byService.computeIfAbsent(key.service, _ -> new ArrayList<>());
            if (operations.size() < MOST_OPERATIONS) {
              operations.add(new SamplingStrategy.Operation(key.operation, probability));
            }
          }
        });
    told = Map.copyOf(byService);
  }

  @Override
  public SamplingStrategy strategyOf(String service) {
    List<SamplingStrategy.Operation> operations = told.getOrDefault(service, List.of());
    return SamplingStrategy.probability(options.initial())
        .withOperations(
            new SamplingStrategy.Operations(
                options.initial(), options.lowerBoundPerSecond(), 0, operations));
  }
}
