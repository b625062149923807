/// Who did what at the front door, for those who have to answer for it.
///
/// Start at {@link AuditLog}. One JSON object a line: `@timestamp`, `event.action`,
/// `event.outcome`, `cluster`, `client.subject`, `client.serial`, `source.address`, `object`,
/// `reason` (names of ECS 8 where it has one). What is written: every refusal, every call that
/// would change the engine's set-up, and the first request of each certificate. Bulks that are
/// taken are counted in metrics, not written here.
///
/// Trap: lines are handed to the operating system one by one and not synced; a power cut may cost
/// the last ones.
@NullMarked
package io.oriel.gateway.audit;

import org.jspecify.annotations.NullMarked;
