package io.oriel.tsdb;

import io.oriel.model.error.OrielException;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.Ulid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What is kept. A block goes when one of the limits says so.
///
/// @param time how long samples are kept, counted from the newest block's end; zero: for ever
/// @param bytes how large blocks and head may be together; zero: without limit
/// @param percentage the same in hundredths of the disk's capacity, instead of {@code bytes}; zero:
///   see there
public record Retention(Duration time, long bytes, double percentage) {
  public Retention {
    if (time.isNegative() || bytes < 0 || !(percentage >= 0 && percentage <= 100)) {
      throw OrielException.invalid(
          "retention: got "
              + time
              + ", "
              + bytes
              + " bytes, "
              + percentage
              + " %, want nothing below zero and at most 100 %");
    }
  }

  /// How many bytes may be used on a disk of {@code capacity} bytes; zero: without limit.
  long limitBytes(long capacity) {
    return percentage > 0 && capacity > 0
        ? Math.max(1, (long) (capacity * (percentage / 100)))
        : bytes;
  }

  /// The blocks that have to go.
  ///
  /// @param blocks oldest first
  /// @param headBytes what head and log use beside them
  List<Ulid> expired(List<Block> blocks, long headBytes, long capacity) {
    List<Ulid> gone = new ArrayList<>();
    long end = Long.MIN_VALUE;
    for (Block block : blocks) {
      end = Math.max(end, block.meta().maxMillis());
    }
    long limit = limitBytes(capacity);
    long used = headBytes;
    for (Block block : blocks.reversed()) {
      used += block.sizeBytes();
      boolean old = !time.isZero() && end - block.meta().maxMillis() >= time.toMillis();
      if (old || limit > 0 && used > limit) {
        gone.add(block.meta().ulid());
      }
    }
    return gone;
  }
}
