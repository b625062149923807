/// Durations and times as Prometheus writes them.
///
/// Start at {@link DurationSyntax}. Everything inside is milliseconds since 1970 as a long;
/// nanoseconds, seconds with fractions and RFC 3339 text exist only at the edges.
@NullMarked
package io.oriel.model.time;

import org.jspecify.annotations.NullMarked;
