/// What a process says about itself.
///
/// Start at {@link Telemetry}: one registry per role, passed to whatever counts something, and the
/// handler that exposes it on `/metrics`. There is no global registry, so several roles in one
/// process keep their numbers apart.
@NullMarked
package io.oriel.runtime.telemetry;

import org.jspecify.annotations.NullMarked;
