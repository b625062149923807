package io.oriel.promql.eval;

import io.oriel.promql.parse.Printer;
import io.oriel.promql.plan.PlanNode;
import io.oriel.promql.plan.PlanNode.Fold;
import io.oriel.promql.plan.PlanNode.Invoke;
import io.oriel.promql.plan.PlanNode.Join;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// What each operator of a plan yields and how long it takes, for `explain` and `analyze`.
public final class Profile {
  private final boolean enabled;
  private final LongSupplier nanos;
  private final IdentityHashMap<PlanNode, Measure> measures = new IdentityHashMap<>();

  private static final class Measure {
    final AtomicLong series = new AtomicLong();
    final AtomicLong samples = new AtomicLong();
    final AtomicLong nanos = new AtomicLong();
  }

  private Profile(boolean enabled, LongSupplier nanos) {
    this.enabled = enabled;
    this.nanos = nanos;
  }

  /// Measures nothing.
  public static Profile off() {
    return new Profile(false, () -> 0);
  }

  /// Measures with the clock {@code nanos}.
  public static Profile on(LongSupplier nanos) {
    return new Profile(true, nanos);
  }

  VectorSource watch(PlanNode node, VectorSource source) {
    if (!enabled) {
      return source;
    }
    Measure measure;
    synchronized (measures) {
      measure = measures.computeIfAbsent(node, _ -> new Measure());
    }
    return sinks -> {
      long start = nanos.getAsLong();
      source.drain(
          () -> {
            Sink sink = sinks.open();
            return column -> {
              measure.series.incrementAndGet();
              measure.samples.addAndGet(column.count());
              return sink.accept(column);
            };
          });
      measure.nanos.addAndGet(nanos.getAsLong() - start);
    };
  }

  /// The plan as an indented tree, one operator per line, with what was measured.
  public String describe(PlanNode root) {
    StringBuilder out = new StringBuilder();
    describe(root, 0, out);
    return out.toString();
  }

  private void describe(PlanNode node, int depth, StringBuilder out) {
    out.append("  ".repeat(depth)).append(title(node));
    Measure measure = measures.get(node);
    if (measure != null) {
      out.append(
          String.format(
              Locale.ROOT,
              "  [series=%d samples=%d time=%.3fms]",
              measure.series.get(),
              measure.samples.get(),
              measure.nanos.get() / 1e6));
    }
    out.append('\n');
    node.children().forEach(child -> describe(child, depth + 1, out));
  }

  private static String title(PlanNode node) {
    return switch (node) {
      case PlanNode.Constant constant -> "constant " + constant.value();
      case PlanNode.Text text -> "string " + Printer.print(text.source());
      case PlanNode.Select select -> "select " + Printer.print(select.source());
      case PlanNode.Window window -> "window " + Printer.print(window.source());
      case PlanNode.Repeat repeat -> "subquery over " + repeat.rangeMillis() + "ms";
      case Invoke invoke -> "call " + invoke.name();
      case Fold fold ->
          "aggregate "
              + fold.aggregate().operator().word()
              + (fold.aggregate().without() ? " without " : " by ")
              + fold.aggregate().grouping();
      case Join join -> "join " + join.operator().symbol();
      case PlanNode.Negate _ -> "negate";
      case PlanNode.Invariant _ -> "once per query";
    };
  }
}
