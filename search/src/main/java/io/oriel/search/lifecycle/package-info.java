/// Index lifecycle: Elasticsearch's ILM as a plugin of the embedded node.
///
/// An index passes hot, warm, cold and delete by itself, and every tool that knows `_ilm` can look
/// and steer. OpenSearch has no ILM (its own ISM is another plugin with another API), so policies,
/// steps and their names are upstream's ILM, carried out here.
///
/// Start at {@link LifecyclePlugin}. Policies lie in the cluster state ({@link LifecycleMetadata}),
/// where an index stands lies in its own metadata ({@link ExecutionState}), so both survive
/// restarts and fail-over; the elected cluster manager alone carries out steps ({@link
/// LifecycleRunner}). Facts: elasticsearch-specification `specification/ilm`.
///
/// Trap: a step may be run again after a fail-over in its midst, so each one looks first whether
/// its work is done.
@NullMarked
package io.oriel.search.lifecycle;

import org.jspecify.annotations.NullMarked;
