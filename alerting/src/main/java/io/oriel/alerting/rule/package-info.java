/// Recording and alerting rules: read, evaluate on time, remember, and hand on what fires.
///
/// Start at {@link RuleEngine}, which runs the groups of the loaded {@link RuleFile}s; {@link
/// RuleGroup} is one group's loop and {@link AlertingState} the state of one alerting rule. Rule
/// files are Prometheus' own (rulefmt of 3.x; the Thanos keys `partial_response_strategy` are
/// understood). Results are written through the storage seam, so a rule's series, its `ALERTS` and
/// its `ALERTS_FOR_STATE` are series like all others.
///
/// A group's rules run one after the other, each seeing what those before it wrote. Trap: the
/// timestamps of a group are multiples of its interval shifted by a hash of its name, never "now".
@NullMarked
package io.oriel.alerting.rule;

import org.jspecify.annotations.NullMarked;
