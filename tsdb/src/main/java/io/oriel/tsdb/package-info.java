/// The time series database: samples on disk, byte-compatible with Prometheus' TSDB.
///
/// Start at {@link Tsdb}, the door: open a data directory, append, query, compact, delete,
/// snapshot. It exists as a module of its own so that storage knows neither network nor language.
/// Formats: docs/formats, after upstream's tsdb/docs/format.
///
/// Trap: the database does nothing by itself; whoever owns it calls {@link Tsdb#compactNow} now and
/// then.
@NullMarked
package io.oriel.tsdb;

import org.jspecify.annotations.NullMarked;
