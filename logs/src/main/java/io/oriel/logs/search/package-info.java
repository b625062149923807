/// Asking for log lines: pages, histograms, fields, surroundings, tails, patterns, exports.
///
/// Start at {@link LogSearch}. A question is a {@link LogRequest}: text in KQL (Kibana 8) or in
/// Lucene's syntax, a range of time, and the clusters that the asker may see, which is a filter of
/// its own that no text can widen. Answers say when a part is missing.
///
/// Trap: indices are refreshed about once a second, each shard for itself, so a later line may be
/// found before an earlier one. {@link LogTail} looks back a few seconds and leaves out what it has
/// shown.
@NullMarked
package io.oriel.logs.search;

import org.jspecify.annotations.NullMarked;
