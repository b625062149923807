/// What one asks a search engine, as values.
///
/// Log search and trace search build their questions here instead of writing JSON by hand, so that
/// a user's text can never become syntax. Start at {@link SearchRequest}; {@link Query} and {@link
/// Aggregation} hold the pieces. Everything is immutable and writes itself as the query DSL that
/// Elasticsearch 8 and 9 and OpenSearch 2 and 3 have in common.
///
/// Trap: a `should` beside a `must` or a `filter` decides nothing unless {@link
/// Query.Bool#withMinimumShouldMatch} says so.
@NullMarked
package io.oriel.search.query;

import org.jspecify.annotations.NullMarked;
