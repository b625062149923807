/// Log search over HTTP, for the console and for scripts.
///
/// Start at {@link LogApi}. Parameters come in the query or as a form: `query`, `language` (`kql`,
/// `lucene`), `start` and `end` (Unix seconds or RFC 3339; the last fifteen minutes without),
/// `cluster` (repeated, to see less). Answers are JSON objects, errors
/// `{"error":{"kind","message"}}` with the status of their kind; whatever is incomplete says so in
/// `warnings`. Endpoints: docs/api.md.
///
/// Trap: a tail is an answer that does not end; it writes a line of JSON for each log line, and an
/// empty line now and then, so that both ends notice when the other is gone.
@NullMarked
package io.oriel.logs.api;

import org.jspecify.annotations.NullMarked;
