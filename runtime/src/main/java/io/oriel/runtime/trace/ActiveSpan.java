package io.oriel.runtime.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Work that is under way. Thread-safe, but for who makes it current and ends it.
///
/// One that is not sampled only carries its context on.
public final class ActiveSpan implements AutoCloseable {
  private static final int MAX_ATTRIBUTES = 32;

  private static final InheritableThreadLocal<ActiveSpan> CURRENT = new InheritableThreadLocal<>();

  /// What a span is to others; OTLP's numbers.
  enum Kind {
    INTERNAL(1),
    SERVER(2);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /// Something to do as a part of a trace.
  @FunctionalInterface
  public interface Work<T, X extends Exception> {
    /// @param span what it is recorded as
    T run(ActiveSpan span) throws X;
  }

  record Attribute(String key, String value) {}

  private final Tracer tracer;
  private final SpanContext context;
  private final long parent;
  private final String name;
  private final Kind kind;
  private final long startNanos;
  private final List<Attribute> attributes = new ArrayList<>();
  private String failure = "";

  /** Current before this was; set when it becomes so. */
  private @Nullable ActiveSpan before;

  ActiveSpan(Tracer tracer, SpanContext context, long parent, String name, Kind kind) {
    this.tracer = tracer;
    this.context = context;
    this.parent = parent;
    this.name = name;
    this.kind = kind;
    this.startNanos = tracer.now();
  }

  /// What this thread, or the one that made it, is doing.
  public static Optional<ActiveSpan> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  ActiveSpan child(String childName, Kind childKind) {
    return new ActiveSpan(
        tracer, context.child(tracer.newSpanId()), context.span(), childName, childKind);
  }

  /// Makes it current; {@link #close} on the same thread ends that.
  ActiveSpan enter() {
    before = CURRENT.get();
    CURRENT.set(this);
    return this;
  }

  /// Does {@code work} while this is current, and ends it.
  <T, X extends Exception> T during(Work<T, X> work) throws X {
    ActiveSpan _ = enter();
    try {
      return work.run(this);
    } catch (Exception e) {
      fail(String.valueOf(e.getMessage()));
      throw e;
    } finally {
      close();
    }
  }

  /// Ends it; what was current before is so again.
  @Override
  public void close() {
    if (before == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
    if (context.isSampled()) {
      tracer.end(this);
    }
  }

  /// Says more about it; a bounded number of times.
  public ActiveSpan set(String key, String value) {
    synchronized (attributes) {
      if (context.isSampled() && attributes.size() < MAX_ATTRIBUTES) {
        attributes.add(new Attribute(key, value));
      }
    }
    return this;
  }

  /// Says that it failed, and why.
  public void fail(String reason) {
    synchronized (attributes) {
      failure = reason.isEmpty() ? "failed" : reason;
    }
  }

  /// Gives the headers that tell another process of it.
  public void carry(BiConsumer<String, String> header) {
    context.carry(header);
  }

  SpanContext context() {
    return context;
  }

  long parent() {
    return parent;
  }

  String name() {
    return name;
  }

  Kind kind() {
    return kind;
  }

  long startNanos() {
    return startNanos;
  }

  List<Attribute> attributes() {
    synchronized (attributes) {
      return List.copyOf(attributes);
    }
  }

  /// Empty when it did not.
  String failure() {
    synchronized (attributes) {
      return failure;
    }
  }
}
