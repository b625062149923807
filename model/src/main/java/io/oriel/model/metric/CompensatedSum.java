package io.oriel.model.metric;

/// Sums of doubles that remember what rounding lost (Kahan's method in Neumaier's form), so that
/// the order of summands hardly matters.
public final class CompensatedSum {
  private CompensatedSum() {}

  /// What `a + b = sum` lost to rounding; zero when the sum is not finite.
  public static double error(double a, double b, double sum) {
    if (Double.isInfinite(sum)) {
      return 0;
    }
    return Math.abs(a) >= Math.abs(b) ? (a - sum) + b : (b - sum) + a;
  }

  /// The sum with what was lost put back; an infinite sum stays infinite.
  public static double total(double sum, double lost) {
    return Double.isInfinite(sum) ? sum : sum + lost;
  }
}
