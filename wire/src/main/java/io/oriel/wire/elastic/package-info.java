/// What Elasticsearch, OpenSearch and their clients say to each other: the bulk API and errors.
///
/// Start at {@link BulkReader} and {@link BulkWriter} for requests, {@link BulkReply} for what
/// comes back, {@link ElasticError} for a refusal. Format: the bulk API of Elasticsearch 8 and
/// OpenSearch 2 (newline-delimited JSON, `application/x-ndjson`): an action line, then, but for
/// deletions, a line with the document.
///
/// Trap: a reply names its items by their order only. A client that finds fewer items than it sent,
/// or an item without a `status`, sends everything again.
@NullMarked
package io.oriel.wire.elastic;

import org.jspecify.annotations.NullMarked;
