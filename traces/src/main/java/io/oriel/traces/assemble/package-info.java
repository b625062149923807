/// From the spans of a trace, as they were stored, to a trace that people read.
///
/// It exists because spans come from many machines: sent twice, with clocks that differ, with ids
/// that Zipkin shares between client and server. Start at {@link Adjusters}, which has Jaeger 2.x'
/// adjusters in their order; {@link CriticalPath} and {@link TraceComparison} tell what a trace
/// says. Everything here is computed, nothing is stored.
///
/// Trap: parents may be missing, ids doubled, and ancestors form a ring; {@link SpanTree} cuts what
/// is no tree.
@NullMarked
package io.oriel.traces.assemble;

import org.jspecify.annotations.NullMarked;
