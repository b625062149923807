package io.oriel.federation.storegateway;

import java.util.ArrayList;
import java.util.List;

/// Bytes of an object.
///
/// @param start inclusive
/// @param end exclusive
record ByteRange(long start, long end) {
  long length() {
    return end - start;
  }

  /// Ranges read together.
  ///
  /// @param start where the read starts
  /// @param end where it ends, exclusive
  /// @param from first of the ranges
  /// @param to behind the last of them
  record Part(long start, long end, int from, int to) {
    int length() {
      return Math.toIntExact(end - start);
    }
  }

  /// Puts ranges into as few reads as a gap and a size allow; a single longer range is a read of
  /// its own.
  ///
  /// @param ranges by start
  /// @param mostGap bytes between two ranges that are rather read than left out
  /// @param mostBytes of one read
  static List<Part> partition(List<ByteRange> ranges, long mostGap, long mostBytes) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    while (from < ranges.size()) {
      long start = ranges.get(from).start();
      long end = ranges.get(from).end();
      int to = from + 1;
      while (to < ranges.size()
          && ranges.get(to).start() <= end + mostGap
          && Math.max(end, ranges.get(to).end()) - start <= mostBytes) {
        end = Math.max(end, ranges.get(to).end());
        to++;
      }
      parts.add(new Part(start, end, from, to));
      from = to;
    }
    return parts;
  }
}
