/// What another Prometheus scrapes of this one: the newest samples of chosen series.
///
/// Start at {@link FederateApi}. Formats are those of `wire.exposition`; native histograms go out
/// in protobuf only, since text has no words for them.
///
/// Trap: families that mix floats and histograms come out as several families of one name. That is
/// no valid exposition, but it is what upstream writes and what scrapers read.
@NullMarked
package io.oriel.metrics.federate;

import org.jspecify.annotations.NullMarked;
