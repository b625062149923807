/// What this machine does, under node_exporter's metric names.
///
/// Start at {@link HostExporter}. It exists so that a laptop shows real numbers with nothing
/// installed; where a real node_exporter runs, it is scraped instead. Source: Linux' `/proc`
/// (proc(5)); on other systems only what the JVM knows is exported. Names, labels and units are
/// those of node_exporter 1.5 and later, so its dashboards and rules work.
@NullMarked
package io.oriel.app.host;

import org.jspecify.annotations.NullMarked;
