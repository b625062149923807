package io.oriel.promql.eval;

import io.oriel.model.time.DurationSyntax;
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
  private static final String HEADER = "%8s %12s %12s %12s  ";

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

  /// The plan as an indented tree, one operator per line. When measured, in front of each how many
  /// series and samples it gave, how long it took with everything below it, and by itself;
  /// operators that others do the work of show dots.
  public String describe(PlanNode root) {
    StringBuilder out = new StringBuilder();
    if (enabled) {
      out.append(String.format(Locale.ROOT, HEADER, "series", "samples", "total", "own"));
      out.append("operator\n");
    }
    describe(root, 0, out);
    return out.toString();
  }

  private void describe(PlanNode node, int depth, StringBuilder out) {
    Measure measure = measures.get(node);
    if (measure != null) {
      long own = measure.nanos.get() - node.children().stream().mapToLong(this::nanosBelow).sum();
      out.append(
          String.format(
              Locale.ROOT,
              "%8d %12d %10.3fms %10.3fms  ",
              measure.series.get(),
              measure.samples.get(),
              measure.nanos.get() / 1e6,
              Math.max(0, own) / 1e6));
    } else if (enabled) {
      out.append(String.format(Locale.ROOT, HEADER, ".", ".", ".", "."));
    }
    out.append("  ".repeat(depth)).append(title(node)).append('\n');
    node.children().forEach(child -> describe(child, depth + 1, out));
  }

  /// The time of {@code node}, or of what is below it when it was not measured itself.
  private long nanosBelow(PlanNode node) {
    Measure measure = measures.get(node);
    return measure != null
        ? measure.nanos.get()
        : node.children().stream().mapToLong(this::nanosBelow).sum();
  }

  private static String title(PlanNode node) {
    return switch (node) {
      case PlanNode.Constant constant -> "constant " + constant.value();
      case PlanNode.Text text -> "string " + Printer.print(text.source());
      case PlanNode.Select select -> "select " + Printer.print(select.source());
      case PlanNode.Window window -> "window " + Printer.print(window.source());
      case PlanNode.Repeat repeat ->
          "subquery over "
              + DurationSyntax.format(repeat.rangeMillis())
              + (repeat.stepMillis() == 0
                  ? ", default step"
                  : ", step " + DurationSyntax.format(repeat.stepMillis()));
      case Invoke invoke -> "call " + invoke.name();
      case Fold fold ->
          "aggregate "
              + fold.aggregate().operator().word()
              + (fold.aggregate().without() ? " without (" : " by (")
              + String.join(", ", fold.aggregate().grouping())
              + ")";
      case Join join -> "join " + join.operator().symbol();
      case PlanNode.Negate _ -> "negate";
      case PlanNode.Invariant _ -> "the same at every step";
    };
  }
}
