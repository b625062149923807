/// Kinds of failure and the few exceptions that carry them.
///
/// Start at {@link Kind}: it fixes, once, the HTTP and gRPC status of a failure, whether a retry
/// can help, and whose fault it is. Exceptions here are for the exceptional; expected outcomes,
/// such as a sample that comes too late, are values. Message grammar: lower case, no full stop,
/// what we were doing, on what, why, got and want.
@NullMarked
package io.oriel.model.error;

import org.jspecify.annotations.NullMarked;
