package io.oriel.traces.index;

import io.oriel.model.trace.Span;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Makes bulk items of spans: the spans, and their services if those were not written lately.
/// Thread-safe.
///
/// A service that is written with spans is claimed; {@link #stored} or {@link #forget} has to
/// follow for its item.
public final class SpanItemMaker {
  private final IndexNames names;
  private final TagFields fields;
  private final KnownServices services;
  private final InstantSource clock;

  /** Not used just now; as many as ever were at once. */
  private final ConcurrentLinkedQueue<SpanItemEncoder> idle = new ConcurrentLinkedQueue<>();

  /// @param services whose knowledge this one adds to
  /// @param clock says which indices are near enough to now
  public SpanItemMaker(
      IndexNames names, TagFields fields, KnownServices services, InstantSource clock) {
    this.names = names;
    this.fields = fields;
    this.services = services;
    this.clock = clock;
  }

  /// The items of {@code spans}.
  public SpanItems of(List<Span> spans) {
    SpanItemEncoder encoder = idle.poll();
    if (encoder == null) {
      encoder = new SpanItemEncoder(names, fields, services);
    }
    SpanItems items = encoder.encode(spans, clock.millis());
    idle.add(encoder);
    return items;
  }

  /// The engine has item {@code i}.
  public void stored(SpanItems items, int i) {
    if (!items.isSpan(i)) {
      services.keep(items.service(i), clock.millis());
    }
  }

  /// Nobody will send these items.
  public void forget(SpanItems items) {
    for (int i = 0; i < items.count(); i++) {
      if (!items.isSpan(i)) {
        services.forget(items.service(i));
      }
    }
  }
}
