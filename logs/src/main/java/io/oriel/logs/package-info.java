/// Log lines: from a file on a node to the search engine, and back to people.
///
/// `tail` reads files, `parse` makes records of bytes, `enrich` says where they come from, `spool`
/// keeps them until `deliver` has them acknowledged; `search` asks. This package itself holds
/// nothing; each room below has its own door. The accounting identity of the shipper: lines read =
/// acknowledged + dropped by reason + spooled + in flight.
@NullMarked
package io.oriel.logs;

import org.jspecify.annotations.NullMarked;
