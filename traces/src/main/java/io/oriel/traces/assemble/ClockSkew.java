package io.oriel.traces.assemble;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Moves the spans of a host whose clock differs, so that children lie within their parents.
///
/// Between hosts only: where a child is as short as its parent, the rest of the parent's time is
/// taken to be the way there and back, half each; a longer one is moved to its parent's start if it
/// is before it. What lies within its parent stays. Spans of the same host below move along.
final class ClockSkew {
  private final List<Span> spans;
  private final SpanTree tree;
  private final long maxNanos;
  private final long[] deltas;
  private final String[] hosts;

  private ClockSkew(List<Span> spans, Duration max) {
    this.spans = new ArrayList<>(spans);
    this.tree = new SpanTree(spans);
    this.maxNanos = max.toNanos();
    this.deltas = new long[spans.size()];
    this.hosts = new String[spans.size()];
  }

  /// @param max largest correction; zero for none at all, but for a word of warning
  static List<Span> correct(List<Span> spans, Duration max) {
    return new ClockSkew(spans, max).corrected();
  }

  private List<Span> corrected() {
    for (int at : tree.parentsFirst()) {
      hosts[at] = host(spans.get(at).resource());
      if (tree.hasParent(at)) {
        int parent = tree.parent(at);
        boolean sameHost = !hosts[at].isEmpty() && hosts[at].equals(hosts[parent]);
        deltas[at] = sameHost ? deltas[parent] : delta(spans.get(at), spans.get(parent));
        move(at);
      } else if (!spans.get(at).isRoot()) {
        warn(
            at,
            "parent span "
                + Span.hex(spans.get(at).parentSpanId())
                + " is not in the trace; clock skew is not corrected");
      }
      if (tree.isRepeated(at)) {
        warn(at, "span id is not unique in the trace; clock skew of children is that of the first");
      }
    }
    return spans;
  }

  private static String host(Resource resource) {
    String id = resource.attributes().text("host.id");
    if (!id.isEmpty()) {
      return id;
    }
    String ip = address(resource);
    return ip.isEmpty() ? resource.attributes().text("host.name") : ip;
  }

  private static String address(Resource resource) {
    return resource
        .attributes()
        .get("host.ip")
        .map(
            value ->
                switch (value) {
                  case AttributeValue.Text text -> text.value();
                  case AttributeValue.ListOf list when !list.values().isEmpty() ->
                      list.values().getFirst() instanceof AttributeValue.Text text
                          ? text.value()
                          : "";
                  case AttributeValue _ -> "";
                })
        .orElse("");
  }

  private static long delta(Span child, Span parent) {
    long within = parent.durationNanos() - child.durationNanos();
    if (within < 0) {
      return Math.max(0, parent.startNanos() - child.startNanos());
    }
    boolean inside =
        child.startNanos() >= parent.startNanos() && child.endNanos() <= parent.endNanos();
    return inside ? 0 : parent.startNanos() + within / 2 - child.startNanos();
  }

  private void move(int at) {
    long delta = deltas[at];
    if (delta == 0) {
      return;
    }
    String shift = readable(delta);
    if (maxNanos == 0) {
      warn(at, "clock differs by " + shift + "; clock skew adjustment is off");
      return;
    }
    if (Math.abs(delta) > maxNanos) {
      warn(at, "clock differs by " + shift + ", more than the " + readable(maxNanos) + " adjusted");
      return;
    }
    spans.set(at, spans.get(at).shifted(delta));
    warn(at, "times were adjusted by " + shift);
  }

  private void warn(int at, String text) {
    spans.set(at, SpanWarnings.add(spans.get(at), text));
  }

  private static String readable(long nanos) {
    return nanos % 1_000_000 == 0 ? nanos / 1_000_000 + "ms" : nanos / 1e6 + "ms";
  }
}
