/// What the front door costs: the same bulks to the engine directly, and through the gateway over
/// mutual TLS.
///
/// Start at {@link GatewayWork}.
@NullMarked
package io.oriel.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
