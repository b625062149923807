/// From fired alerts to Alertmanagers.
///
/// Start at {@link AlertSender}: a bounded queue between the rule groups and the network. When it
/// is full the oldest alerts are dropped and counted, because a rule evaluates again and a receiver
/// wants the newest. Each batch goes to every Alertmanager; it counts as sent when one of them took
/// it. Wire format: Alertmanager API v2, `POST /api/v2/alerts`.
///
/// Accounting: queued = sent + dropped + in the queue.
@NullMarked
package io.oriel.alerting.sender;

import org.jspecify.annotations.NullMarked;
