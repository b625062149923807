/// The samples that are not in a block yet, in memory, with the log that makes them durable.
///
/// Start at {@link Head}. It exists because samples arrive one per series and time, and blocks are
/// written once per range. A commit is written to the log, synced, then made visible; commits run
/// one after another, so what a reader may see is one number: the last commit when it began.
///
/// A full chunk goes to a file (`chunks_head`) and is mapped, so the heap holds open chunks only. A
/// sample that is older than its series' newest, but within the window, is late: it has a log of
/// its own (`wbl`), a sorted run per series, chunks that may overlap, and in the end blocks that
/// overlap others and are merged with them.
///
/// Accounting: samples given to an appender = committed + rolled back + refused, each refusal with
/// an outcome; a series that is gone at commit counts as dropped. Trap: references are those of the
/// log and outlive restarts, but not garbage collection. A late sample that was sealed into a chunk
/// is seen by readers that are older than it.
@NullMarked
package io.oriel.tsdb.head;

import org.jspecify.annotations.NullMarked;
