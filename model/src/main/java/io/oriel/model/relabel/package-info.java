/// Relabelling: rules that rewrite, keep or drop label sets, as `relabel_configs` writes them.
///
/// It exists apart from the config binder because targets, scraped samples, remote writes, alerts
/// and blocks are all relabelled by the same rules. Start at {@link Relabeler}; a rule is a {@link
/// RelabelConfig}, which refuses what upstream's loader refuses.
///
/// Trap: templates are Go's, not Java's: `$1x` names the group `1x`, which is empty, where Java
/// would read group 1 and an x.
@NullMarked
package io.oriel.model.relabel;

import org.jspecify.annotations.NullMarked;
