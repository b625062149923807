/// Label matchers: how a query names the series it wants.
///
/// Start at {@link Matcher}. Regular expressions are RE2, anchored at both ends, and the dot
/// matches a newline (Prometheus 3). Users write them, so they run on RE2/J, which takes linear
/// time; the shapes that dashboards are full of (alternations of words, a prefix, "anything") never
/// reach it.
@NullMarked
package io.oriel.model.matcher;

import org.jspecify.annotations.NullMarked;
