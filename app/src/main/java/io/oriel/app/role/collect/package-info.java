/// `oriel collect`: takes spans in on Jaeger's ports, what Jaeger Collector and Agent do.
///
/// It exists so that receivers, sampling, queue and delivery of `io.oriel.traces` are joined in one
/// place: {@link CollectRole}, run as {@link CollectOptions} say, with a {@link CollectPort} for
/// each protocol and {@link CollectPeering} where several share the work. Flags are Jaeger 1.x'
/// where it has them, the gateway's for TLS.
///
/// Accounting is that of {@link io.oriel.traces.batch}.
@NullMarked
package io.oriel.app.role.collect;

import org.jspecify.annotations.NullMarked;
