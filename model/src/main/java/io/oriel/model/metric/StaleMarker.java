package io.oriel.model.metric;

/// The NaN that says a series has ended, and the NaN that means only "not a number".
///
/// Bit patterns are Prometheus' own (`model/value`): 0x7ff0000000000002 and 0x7ff8000000000001.
public final class StaleMarker {
  /** The bits of the stale marker. */
  public static final long BITS = 0x7ff0000000000002L;

  /** The bits of an ordinary NaN sample. */
  public static final long NORMAL_NAN_BITS = 0x7ff8000000000001L;

  /** The stale marker; compare with {@link #is}, never with `==`. */
  public static final double VALUE = Double.longBitsToDouble(BITS);

  /** An ordinary NaN sample. */
  public static final double NORMAL_NAN = Double.longBitsToDouble(NORMAL_NAN_BITS);

  private StaleMarker() {}

  /// Whether {@code value} is the stale marker.
  public static boolean is(double value) {
    return Double.doubleToRawLongBits(value) == BITS;
  }
}
