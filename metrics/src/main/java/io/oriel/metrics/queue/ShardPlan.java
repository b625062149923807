package io.oriel.metrics.queue;

/// How many shards a queue needs, by the rates at which samples come in and go out. Thread-safe.
///
/// Rates are exponentially weighted over ticks of ten seconds, as upstream's queue manager has
/// them: time to send one sample, times the samples that come in and a twentieth of those behind.
final class ShardPlan {
  /// What one look found.
  ///
  /// @param shards how many to run
  /// @param desired before rounding, tolerance and bounds
  record Decision(int shards, double desired) {}

  private static final double WEIGHT = 0.2;
  private static final double TOLERANCE = 0.3;
  private static final double CATCH_UP = 0.05;
  private static final double MAX_DELAY_SECONDS = 10;

  private final int min;
  private final int max;
  private final double tickSeconds;
  private long in;
  private long out;
  private long dropped;
  private double sendSeconds;
  private double inRate;
  private double outRate;
  private double droppedRate;
  private double sendRate;
  private boolean started;

  ShardPlan(int min, int max, double tickSeconds) {
    this.min = Math.max(1, min);
    this.max = Math.max(this.min, max);
    this.tickSeconds = tickSeconds;
  }

  int min() {
    return min;
  }

  synchronized void came(int samples) {
    in += samples;
  }

  synchronized void dropped(int samples) {
    dropped += samples;
  }

  synchronized void sent(int samples, double seconds) {
    out += samples;
    sendSeconds += seconds;
  }

  /// Ends a tick.
  ///
  /// @param running how many shards there are
  /// @param delaySeconds how far the newest sample sent is behind the newest that came in
  synchronized Decision tick(int running, double delaySeconds) {
    inRate = next(inRate, in);
    outRate = next(outRate, out);
    droppedRate = next(droppedRate, dropped);
    sendRate = started ? average(sendRate, sendSeconds) : sendSeconds / tickSeconds;
    started = true;
    in = 0;
    out = 0;
    dropped = 0;
    sendSeconds = 0;
    if (outRate <= 0) {
      return new Decision(running, running);
    }
    double kept = outRate / (droppedRate + outRate);
    double behind = Math.max(0, delaySeconds) * inRate * kept;
    double desired = sendRate / outRate * (inRate * kept + CATCH_UP * behind);
    double whole = Math.ceil(desired);
    boolean near = running * (1 - TOLERANCE) <= whole && whole <= running * (1 + TOLERANCE);
    if (near || (whole < running && delaySeconds > MAX_DELAY_SECONDS)) {
      return new Decision(Math.clamp(running, min, max), desired);
    }
    return new Decision((int) Math.clamp(whole, min, max), desired);
  }

  private double next(double rate, long count) {
    return started ? average(rate, (double) count) : count / tickSeconds;
  }

  private double average(double rate, double count) {
    return rate + WEIGHT * (count / tickSeconds - rate);
  }
}
