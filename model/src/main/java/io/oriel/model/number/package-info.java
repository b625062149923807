/// Floating-point numbers as Go's strconv writes and reads them, because users see them in every
/// answer.
///
/// Start at {@link GoFloat}. Java and Go agree on the shortest digits that name a double (both
/// print the shortest that round-trips) and differ only in how they lay them out.
@NullMarked
package io.oriel.model.number;

import org.jspecify.annotations.NullMarked;
