/// From expression to plan, once the evaluation times are known.
///
/// Start at {@link Planner}; it computes durations, resolves `@ start()` and its like, and marks
/// what does not depend on the step, so that it is evaluated once per query. A {@link PlanNode}
/// remembers the expression it came from, for the places in annotations.
@NullMarked
package io.oriel.promql.plan;

import org.jspecify.annotations.NullMarked;
