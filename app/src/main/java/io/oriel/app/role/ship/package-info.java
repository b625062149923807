/// `oriel ship`: a node's log files on their way to the gateway, what Filebeat does.
///
/// It exists so that a node with Filebeat's file needs nothing else. Start at {@link ShipRole}; the
/// work is done by {@link io.oriel.logs.ship}, here it is joined with flags, pods and metrics over
/// HTTP. Flags and file are Filebeat's.
@NullMarked
package io.oriel.app.role.ship;

import org.jspecify.annotations.NullMarked;
