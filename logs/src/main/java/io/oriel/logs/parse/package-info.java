/// Makes events of lines: container formats, lines that belong together, JSON and other notations.
///
/// A file has a chain of {@link Stage}s, made anew when it is opened from {@link ParserConfig}s in
/// the order of the configuration; {@link StageChain} joins them. What goes through is a {@link
/// LogEvent}, which {@link DocumentWriter} writes as the JSON that is shipped. Formats: CRI log
/// lines, Docker's json-file, RFC 3164, RFC 5424, logfmt; options are those of Filebeat's parsers.
///
/// Trap: bytes of an event are borrowed from the reader's buffer. A stage that keeps an event
/// longer than the call must {@link LogEvent#keep} it.
@NullMarked
package io.oriel.logs.parse;

import org.jspecify.annotations.NullMarked;
