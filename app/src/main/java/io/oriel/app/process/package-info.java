/// What roles and tools take from the process they run in: its version, and buckets opened with its
/// disk, clock and chance.
@NullMarked
package io.oriel.app.process;

import org.jspecify.annotations.NullMarked;
