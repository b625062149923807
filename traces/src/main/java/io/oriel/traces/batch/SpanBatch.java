package io.oriel.traces.batch;

import io.oriel.model.trace.Span;
import java.util.List;

/// Spans that came together.
///
/// @param bytes what they took on the wire, decompressed
/// @param answer whether their sender waits to hear that they are taken
/// @param receipt is told when they are stored or dropped
public record SpanBatch(List<Span> spans, long bytes, Answer answer, Receipt receipt) {
  /// What a sender is told.
  public enum Answer {
    /** It forgets the spans once it is told that they are taken. */
    AWAITED,
    /** Its protocol has no answer. */
    NONE
  }

  public SpanBatch {
    spans = List.copyOf(spans);
  }

  /// Spans whose sender waits, and that nobody keeps besides.
  public SpanBatch(List<Span> spans, long bytes) {
    this(spans, bytes, Answer.AWAITED, Receipt.NONE);
  }

  public int size() {
    return spans.size();
  }

  /// Some of its spans, with their share of the bytes. The others are the caller's to settle.
  public SpanBatch part(List<Span> some) {
    return new SpanBatch(some, bytes * some.size() / size(), answer, receipt);
  }

  /// The same for {@code other} to be told of.
  public SpanBatch owing(Receipt other) {
    return new SpanBatch(spans, bytes, answer, other);
  }

  /// All of its spans are stored, or dropped for good.
  void settle() {
    receipt.settle(size());
  }

  /// Whether somebody keeps its spans until they are settled, also when this process ends.
  public boolean isKept() {
    return !receipt.equals(Receipt.NONE);
  }
}
