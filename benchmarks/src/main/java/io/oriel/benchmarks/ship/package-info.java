/// How many lines the shipper brings from a file to an acknowledged bulk request, by CPU second.
///
/// {@link ShipWork} ships a file of container lines to {@link NullSink}, a process of its own that
/// takes everything, so that only the shipper's time is counted; other shippers ({@link
/// FilebeatPeer}, {@link RsyslogPeer}) have the same file and the same sink. Not tests: they assert
/// nothing but that every line arrived.
@NullMarked
package io.oriel.benchmarks.ship;

import org.jspecify.annotations.NullMarked;
