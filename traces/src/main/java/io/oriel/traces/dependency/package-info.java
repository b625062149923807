/// Which service calls which: counted as spans come by, kept as Jaeger's documents.
///
/// It exists because upstream needs a daily job for it, whose counts carry midnight's time, so that
/// the last hour is always empty. Here {@link DependencyTracker} joins parents and children on the
/// write side and hands out increments; {@link DependencyWriter} writes them to
/// `jaeger-dependencies-*` with the time they are of, {@link DependencyStore} sums them up again. A
/// real Jaeger reads and adds the same documents.
///
/// Trap: a parent and its child must come to the same tracker, within its memory; what is forgotten
/// unmatched is counted as such.
@NullMarked
package io.oriel.traces.dependency;

import org.jspecify.annotations.NullMarked;
