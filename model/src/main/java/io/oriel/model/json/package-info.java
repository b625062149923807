/// JSON as the Prometheus API writes it, straight into bytes.
///
/// Start at {@link JsonWriter}. It exists because a range query's answer is millions of numbers:
/// nothing is boxed and no text is made between a value and its bytes. Small documents elsewhere
/// are Jackson's business.
///
/// Trap: sample values are strings in this API, timestamps are numbers of seconds.
@NullMarked
package io.oriel.model.json;

import org.jspecify.annotations.NullMarked;
