package io.oriel.traces.batch;

import java.util.Map;

/// What is to be told once spans are stored or dropped for good: whoever keeps them until then can
/// forget them. Thread-safe.
@FunctionalInterface
public interface Receipt {
  /** Of spans that nobody else keeps. */
  Receipt NONE = _ -> {};

  /// So many more of its spans are done with.
  void settle(int spans);

  /// Of a batch that was put together from parts of others: settled as a whole, however many spans
  /// are told.
  ///
  /// @param parts how many spans of each
  static Receipt ofAll(Map<Receipt, Integer> parts) {
    if (parts.isEmpty()) {
      return NONE;
    }
    Map<Receipt, Integer> all = Map.copyOf(parts);
    return _ -> all.forEach(Receipt::settle);
  }
}
