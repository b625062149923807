/// What a collector costs: spans per CPU second from OTLP bytes to an acknowledged bulk request.
///
/// It exists because the budget says so. Start at {@link CollectWork}. The sink runs in a process
/// of its own, so only our CPU is counted; the transport that brings requests is not part of it.
@NullMarked
package io.oriel.benchmarks.collect;

import org.jspecify.annotations.NullMarked;
