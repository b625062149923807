/// The language: PromQL of Prometheus 3.14, over any {@code Queryable}.
///
/// Start at {@link QueryEngine}. `engine.instant(source, "up", time, QueryOptions.DEFAULT).run()`
/// and `engine.range(source, query, Grid.between(start, end, step), options).run()` give a {@link
/// QueryResult}: a {@code Value} (scalar, string, instant vector, range matrix, or samples of a
/// bare range selector), warnings and infos with their places, and what it took. Series in it are
/// {@code Column}s over the steps of the query, never boxed. Bad queries throw {@code
/// ParseException}; evaluation fails with an {@code OrielException} whose kind says why. {@link
/// QueryEngine#running} lists queries and {@link QueryEngine#cancel} stops one. `Printer.format` is
/// the formatter.
///
/// The life of a query: {@code parse} → {@code check} → {@code plan} → {@code eval}, over what
/// {@code function} computes, to a {@code value}. {@code script} runs upstream's test scripts.
@NullMarked
package io.oriel.promql;

import org.jspecify.annotations.NullMarked;
