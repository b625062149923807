/// From text to expression and back.
///
/// Start at {@link Parser}, which turns a query into an {@link Expr}; {@link Printer} turns it into
/// text again, on one line or formatted. Grammar and wording of errors are those of Prometheus
/// 3.14. Every node knows its {@link Span}, so that errors and annotations can name a place.
///
/// Trap: nesting and the number of operators are bounded, because everything that walks a tree
/// recurses.
@NullMarked
package io.oriel.promql.parse;

import org.jspecify.annotations.NullMarked;
