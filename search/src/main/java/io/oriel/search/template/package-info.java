/// What the indices of logs and spans are like, and their making before the first document comes.
///
/// A shipper must find a template, a policy and something to write to, in that order, or the engine
/// makes an index of the wrong shape that nobody rolls over. {@link Bootstrap} is the door; {@link
/// StoreTemplates} says what is made: for logs a data stream template `logs-*-*`, ECS fields, for
/// spans whatever Jaeger's schema wants, given by `traces`.
///
/// Trap: a policy is attached only after the index or the data stream that it will roll over was
/// seen to be there with its write index; a policy over an index without an alias stands at an
/// error for ever.
@NullMarked
package io.oriel.search.template;

import org.jspecify.annotations.NullMarked;
