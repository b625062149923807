/// Go's text/template, as rules and notifications are written in it.
///
/// Start at {@link GoTemplate}. The language is complete but for what needs Go's type system
/// (complex numbers, channels, functions as values); values are Java's: `String`, `Long` for Go's
/// integers, `Double`, `Boolean`, `Instant` for `time.Time`, `List`, `Map` and {@link
/// TemplateObject}. What users see is Go's: how values print, which are empty, what errors say.
/// Source: Go 1.24 text/template and fmt documentation.
///
/// Trap: templates come from rule files and from alert labels' authors, so every execution has a
/// bound on its steps and on its output.
@NullMarked
package io.oriel.alerting.template;

import org.jspecify.annotations.NullMarked;
