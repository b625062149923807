/// Which series a block has, and where their chunks are.
///
/// Start at {@link IndexReader} and {@link IndexWriter}; {@link Postings} answers matchers over any
/// source of postings, a block's or the head's. Bytes: docs/formats/index.md, compatible with
/// Prometheus' index format v2 (and v1, read only), tsdb/docs/format/index.md upstream.
///
/// Invariant: series are written in label order, so their references, which are offsets divided by
/// 16, are too, and a sorted list of references yields sorted series. Trap: a reference means
/// nothing in another block.
@NullMarked
package io.oriel.tsdb.index;

import org.jspecify.annotations.NullMarked;
