/// The shipper: tail, parse, enrich, spool and deliver in one piece, and the configuration file
/// that says how.
///
/// Start at {@link Shipper}; {@link FilebeatConfig} reads filebeat.yml into its {@link ShipConfig}.
/// {@link FilePipeline} is the life of one file's lines.
///
/// The accounting identity, exported and asserted in tests ({@link Accounting}): lines read = lines
/// dropped by reason + lines held back in parsers + lines of spooled events; and events spooled,
/// those found at the start included = acknowledged + dead letters + waiting in the spool.
///
/// Trap: a document's id is made of the file's key and generation and the bytes it was read from.
/// It must not depend on anything that differs when the same bytes are read again.
@NullMarked
package io.oriel.logs.ship;

import org.jspecify.annotations.NullMarked;
