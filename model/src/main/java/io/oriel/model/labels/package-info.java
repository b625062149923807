/// Label sets: the identity of a series.
///
/// Start at {@link Labels}. Names are sorted by their UTF-8 bytes, as Prometheus sorts them on disk
/// and on every wire; Java's own string order differs beyond the basic plane, so nothing here
/// compares with `String.compareTo`.
@NullMarked
package io.oriel.model.labels;

import org.jspecify.annotations.NullMarked;
