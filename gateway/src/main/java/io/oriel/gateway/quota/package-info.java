/// How much a cluster may send, and when nobody may.
///
/// Start at {@link Admission}. A request is let in while its cluster has not used up its bytes and
/// documents a second, while there is memory for its body, and while the engine does not push back;
/// else it is refused with the time after which to come again, and counted by reason. What a
/// request costs is known at its end only, so a quota may go into debt once, and is closed until it
/// is paid.
@NullMarked
package io.oriel.gateway.quota;

import org.jspecify.annotations.NullMarked;
