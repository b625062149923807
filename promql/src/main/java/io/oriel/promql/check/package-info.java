/// The types of PromQL, checked before anything runs.
///
/// Start at {@link TypeCheck}. Whatever passes it can be planned without further doubt about
/// argument counts and types; errors are worded as upstream and name their place.
@NullMarked
package io.oriel.promql.check;

import org.jspecify.annotations.NullMarked;
