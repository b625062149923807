/// Waiting between attempts.
///
/// Start at {@link Backoff}: exponential with jitter, bounded, and respectful of a `Retry-After`.
/// It is the only such loop in the house; what may be retried is for the caller to say, by the
/// failure's kind.
@NullMarked
package io.oriel.runtime.retry;

import org.jspecify.annotations.NullMarked;
