/// Bounds with names.
///
/// Start at {@link Limit}: a fixed number of permits for something scarce. Whoever gets none within
/// its patience is refused by the limit's name, so that the refusal tells what to change; how many
/// are held and how many were refused can be read at any time.
@NullMarked
package io.oriel.runtime.limit;

import org.jspecify.annotations.NullMarked;
