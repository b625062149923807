/// Blocks from samples that did not come through the head: imports of old data.
///
/// Start at {@link BulkWriter}. Samples may come in any order; the source is read once to count
/// them, and then once for as many block ranges as fit in memory together, so that memory is
/// bounded whatever the size of the import.
@NullMarked
package io.oriel.tsdb.bulk;

import org.jspecify.annotations.NullMarked;
