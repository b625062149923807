/// TLS material from PEM files, reloaded while connections run.
///
/// Start at {@link TlsMaterial}: it keeps the current key pair and trust roots, and hands out one
/// key manager and one trust manager that always use the newest. A new certificate on disk is used
/// by the next handshake; a broken one is reported and the old one kept. {@link TlsConfig} is
/// Prometheus' `tls_config`.
@NullMarked
package io.oriel.runtime.tls;

import org.jspecify.annotations.NullMarked;
