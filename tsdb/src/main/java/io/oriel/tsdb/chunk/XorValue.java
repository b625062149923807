package io.oriel.tsdb.chunk;

/// The `<varbit_xor>` coding of one run of floats: each as the difference of bits from the one
/// before, in a window of significant bits that is kept as long as it fits. Not thread-safe.
final class XorValue {
  private static final int NO_WINDOW = 0xFF;

  private int leading = NO_WINDOW;
  private int trailing;
  private long bits;

  void reset(double first) {
    leading = NO_WINDOW;
    trailing = 0;
    bits = Double.doubleToRawLongBits(first);
  }

  double value() {
    return Double.longBitsToDouble(bits);
  }

  void write(BitWriter out, double value) {
    long now = Double.doubleToRawLongBits(value);
    long delta = now ^ bits;
    bits = now;
    if (delta == 0) {
      out.bit(false);
      return;
    }
    out.bit(true);
    int newLeading = Math.min(31, Long.numberOfLeadingZeros(delta));
    int newTrailing = Long.numberOfTrailingZeros(delta);
    if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
      out.bit(false);
      out.bits(delta >>> trailing, 64 - leading - trailing);
      return;
    }
    leading = newLeading;
    trailing = newTrailing;
    int significant = 64 - leading - trailing;
    out.bit(true);
    out.bits(leading, 5);
    out.bits(significant & 63, 6);
    out.bits(delta >>> trailing, significant);
  }

  double read(BitReader in) {
    return in.bit() ? readChanged(in) : value();
  }

  /// The next value when it is known to differ: only the window's bit is there.
  double readChanged(BitReader in) {
    return in.bit() ? readNewWindow(in) : readInWindow(in);
  }

  /// The next value, in the window as it is.
  double readInWindow(BitReader in) {
    if (leading == NO_WINDOW) {
      throw BitReader.corrupt("value in a window that was never set");
    }
    bits ^= in.bits(64 - leading - trailing) << trailing;
    return value();
  }

  /// The next value, with its window before it.
  double readNewWindow(BitReader in) {
    long header = in.bits(11);
    leading = (int) (header >>> 6);
    int significant = (int) (header & 63);
    significant = significant == 0 ? 64 : significant;
    if (leading + significant > 64) {
      throw BitReader.corrupt("value window of " + leading + "+" + significant + " bits");
    }
    trailing = 64 - leading - significant;
    return readInWindow(in);
  }
}
