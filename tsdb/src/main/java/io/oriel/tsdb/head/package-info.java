/// The samples that are not in a block yet, in memory, with the log that makes them durable.
///
/// Start at {@link Head}. It exists because samples arrive one per series and time, and blocks are
/// written once per range. A commit is written to the log, synced, then made visible; commits run
/// one after another, so what a reader may see is one number: the last commit when it began.
///
/// Accounting: samples given to an appender = committed + rolled back + refused, each refusal with
/// an outcome; a series that is gone at commit counts as dropped. Trap: references are those of the
/// log and outlive restarts, but not garbage collection.
@NullMarked
package io.oriel.tsdb.head;

import org.jspecify.annotations.NullMarked;
