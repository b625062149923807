/// The one storage seam: how the language reads series and how anything writes them, whoever stores
/// them.
///
/// Start at {@link Queryable} to read and {@link Appender} to write. Local storage, remote read,
/// bucket blocks and fan-out over clusters all stand behind these few types, so PromQL, rules and
/// APIs know no storage.
///
/// Reading is by columns: a {@link SeriesCursor} hands out {@link Series}, and each series decodes
/// itself into the arrays of a {@link SampleColumns}. Trap: time ranges are in Unix milliseconds
/// and inclusive at both ends; PromQL's windows, which exclude their left end, subtract one
/// millisecond before they come here.
@NullMarked
package io.oriel.model.series;

import org.jspecify.annotations.NullMarked;
