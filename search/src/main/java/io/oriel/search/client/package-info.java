/// One typed client for the embedded node and for external clusters.
///
/// Everything that reads or writes documents goes through here, so nothing above knows whether the
/// engine is ours, Elasticsearch 8 or 9, or OpenSearch 2 or 3. Start at {@link SearchClient}; what
/// to ask is built in `io.oriel.search.query`, bulk items in `io.oriel.wire.elastic`.
///
/// Each call may go to any of the configured URLs. One that does not answer is passed over for the
/// next; a request is sent a second time only if doing it twice is the same as doing it once, or if
/// no connection came about. Nothing is retried by itself beyond that: a refusal carries its kind,
/// and callers know best how long to wait.
///
/// Trap: points in time and lifecycle differ between the two engines; {@link SearchClient#engine}
/// asks once which one it is, at the first call that needs to know.
@NullMarked
package io.oriel.search.client;

import org.jspecify.annotations.NullMarked;
