package io.oriel.traces.index;

import java.util.Arrays;

/// Spans as items of a bulk request, and the services that were not written lately, in one array.
/// Immutable.
///
/// Each item is its action and its document, a line each, so that any run of items can be sent as
/// it is.
public final class SpanItems {
  private final byte[] bytes;
  private final int[] ends;

  /** Of each item: the key of its service, or zero for a span. */
  private final long[] services;

  private final int spans;

  private SpanItems(byte[] bytes, int[] ends, long[] services, int spans) {
    this.bytes = bytes;
    this.ends = ends;
    this.services = services;
    this.spans = spans;
  }

  /// Puts items together, again and again. Not thread-safe.
  static final class Builder {
    private final ItemBuffer buffer = new ItemBuffer();
    private int[] ends = new int[64];
    private long[] services = new long[64];
    private int count;
    private int spans;

    /// Where the next item is to be written.
    ItemBuffer buffer() {
      return buffer;
    }

    /// The item that was written is a span.
    void endSpan() {
      spans++;
      end(0);
    }

    /// The item that was written is a service.
    void endService(long key) {
      end(key);
    }

    private void end(long service) {
      if (count == ends.length) {
        ends = Arrays.copyOf(ends, 2 * count);
        services = Arrays.copyOf(services, 2 * count);
      }
      ends[count] = buffer.size();
      services[count++] = service;
    }

    /// Forgets what was begun.
    void clear() {
      buffer.clear();
      count = 0;
      spans = 0;
    }

    SpanItems build() {
      return new SpanItems(
          buffer.takeBytes(), Arrays.copyOf(ends, count), Arrays.copyOf(services, count), spans);
    }
  }

  /// How many items there are, spans and services.
  public int count() {
    return ends.length;
  }

  /// How many of them are spans.
  public int spans() {
    return spans;
  }

  /// Whether item {@code i} is a span and not a service.
  public boolean isSpan(int i) {
    return services[i] == 0;
  }

  /// The key of the service that item {@code i} is.
  long service(int i) {
    return services[i];
  }

  /// The lines of all items, each with its line break. Do not change them.
  public byte[] bytes() {
    return bytes;
  }

  /// Where in {@link #bytes} item {@code i} begins; where the last one ends for {@link #count}.
  public int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  public int sizeBytes() {
    return bytes.length;
  }
}
