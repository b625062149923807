package io.oriel.tsdb.chunk;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.ChunkEncoding;

/// A chunk being filled. Not thread-safe; the owner orders appends by time.
public abstract sealed class ChunkWriter permits XorWriter, HistogramWriter {
  /** The most samples that fit the count field of every encoding. */
  public static final int MAX_SAMPLES = 0x3FFF;

  /// A new chunk for floats.
  public static ChunkWriter floats() {
    return new XorWriter();
  }

  /// A new chunk for histograms like {@code first}, its first sample.
  ///
  /// @param reset what is known of a counter reset between the chunk before and this one
  public static ChunkWriter histograms(NativeHistogram first, NativeHistogram.ResetHint reset) {
    return new HistogramWriter(first, reset);
  }

  /// Whether a float goes into this kind of chunk.
  public boolean takesFloats() {
    return this instanceof XorWriter;
  }

  /// What appending a histogram to this chunk would mean.
  ///
  /// @return APPEND when it goes in, else why a new chunk is needed
  public abstract Fit fit(NativeHistogram histogram);

  /// Whether a sample fits an open chunk.
  public enum Fit {
    /** It goes in. */
    APPEND,
    /** A new chunk, about which nothing is known. */
    NEW_CHUNK,
    /** A new chunk, because a counter was reset. */
    NEW_CHUNK_AFTER_RESET
  }

  /// Appends a float.
  public abstract void append(long timestampMillis, double value);

  /// Appends a histogram, for which {@link #fit} must have answered APPEND, or which is the first.
  public abstract void append(long timestampMillis, NativeHistogram histogram);

  public abstract ChunkEncoding encoding();

  /// Reads what an append will read, for the processor's cache only. An owner who is about to
  /// append to many chunks one after another touches them first: these reads wait for memory
  /// together, appends under locks would each wait alone. May be called while another thread
  /// appends.
  ///
  /// @return a number that means nothing, so that the read is not optimized away
  public abstract int touch();

  /// How many samples it has.
  public abstract int count();

  /// Its size in bytes so far.
  public abstract int size();

  /// The bytes so far. The array is the live one, valid up to {@link #size} until the next append.
  public abstract byte[] bytes();
}
