/// Configuration: a YAML file becomes immutable records, and every mistake in it is told at once.
///
/// Start at {@link ConfigDocument}. A component binds its record by hand from a {@link ConfigMap}:
/// each getter names a key, its type and its default, so the code that reads a config is also the
/// list of its keys. A mistake is noted with file, line and path and binding goes on; {@link
/// ConfigDocument#check} refuses the file if there was any. Keys that nobody asked for are mistakes
/// too, with a suggestion.
///
/// Strictness follows what Prometheus' own loader accepts (YAML 1.1 booleans, merge keys, any
/// scalar where text is wanted), so that existing files load unchanged.
@NullMarked
package io.oriel.runtime.config;

import org.jspecify.annotations.NullMarked;
