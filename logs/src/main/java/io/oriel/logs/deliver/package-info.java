/// Brings spooled events to the search engine: at least once, and with ids, so stored once.
///
/// Start at {@link Deliverer}. It hands chunks of the spool to workers, those of one file always to
/// the same one, so a file's events are sent in order; a worker sends `_bulk` requests and looks at
/// every item's own outcome. What the engine will never take goes to {@link DeadLetters}. Format:
/// the bulk API of Elasticsearch 8 and OpenSearch 2, written by the spool and read by {@link
/// io.oriel.wire.elastic.BulkReply}.
///
/// The identity of this room: events taken from the spool = acknowledged + dead letters + in
/// flight.
///
/// Trap: an item that is sent again after others behind it were stored arrives after them. Order
/// within a file is that of `log.offset`, which every document has.
@NullMarked
package io.oriel.logs.deliver;

import org.jspecify.annotations.NullMarked;
