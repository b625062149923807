/// What roles and tools take ready-made from the process they run in.
///
/// That is its version and the page that shows it, SIGHUP, the threads that compute queries,
/// buckets and uploads with the machine's disk, clock and chance, and spans of a role's own work.
/// It is here, and not with a role, because several need it; it knows nothing of roles or flags.
@NullMarked
package io.oriel.app.process;

import org.jspecify.annotations.NullMarked;
