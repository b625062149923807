/// The blocks of a bucket, answered for without being downloaded: Thanos' store gateway.
///
/// Start at {@link StoreGateway}. Of each block it holds an index-header on disk (symbols and the
/// postings offset table, in Thanos' own format, docs/operating/binary-index-header.md upstream),
/// which is mapped only while queries need it. A request expands its matchers into postings,
/// fetches the series' index entries and then their chunks, each by few reads of byte ranges, and
/// streams what it finds, block by block merged in label order.
///
/// What cannot be read is left out and named in a warning; a block that is damaged is set aside
/// until it changes. Everything that grows is bounded: headers by bytes and idleness, caches by
/// bytes, a request by its limits and by the batch it holds.
///
/// Trap: adding external labels may change the order of two series, but only if the labels of one
/// are the first labels of the other; the sort is made as small as that.
@NullMarked
package io.oriel.federation.storegateway;

import org.jspecify.annotations.NullMarked;
