/// Compressed bodies: snappy blocks, gzip and zstd, with a limit on what comes out.
///
/// It exists so that no decoder can forget the limit: a few bytes from outside may claim to be
/// gigabytes. Start at {@link Compression}. Snappy is the raw block format that remote write and
/// remote read use, not the framed one.
@NullMarked
package io.oriel.wire.compress;

import org.jspecify.annotations.NullMarked;
