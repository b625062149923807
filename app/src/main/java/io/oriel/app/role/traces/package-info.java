/// `oriel traces`: finds traces and shows them, what Jaeger Query is.
///
/// It exists apart from the collector because it runs where the engine is, and keeps nothing. Start
/// at {@link TracesRole}; what it answers is in {@link io.oriel.traces.api}. Flags are Jaeger 1.x'.
@NullMarked
package io.oriel.app.role.traces;

import org.jspecify.annotations.NullMarked;
