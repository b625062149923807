/// What a store gateway holds after a start, by the number of blocks, and what a query of many
/// series takes and reads, so that memory that follows the bucket's size would be seen.
///
/// Start at {@link io.oriel.benchmarks.store.StoreGatewayBench}. The bucket is a directory, so
/// times are those of the gateway's own work and not of a network; bytes are the same as they would
/// be there.
@NullMarked
package io.oriel.benchmarks.store;

import org.jspecify.annotations.NullMarked;
