/// The certificates of the platform: who signs them, who has them, until when.
///
/// Start at {@link Pki}. There are two roots, one for metrics and one for logs and traces, so that
/// what may read a cluster's metrics may not write its logs. Each root is a {@link
/// CertificateAuthority}: it issues short-lived certificates (X.509 v3, RFC 5280, EC P-256) that
/// name hosts and, as a URI, the cluster they speak for; it renews them while they are in use, and
/// publishes the revoked ones as a CRL that servers look at with every call.
///
/// On disk a root is a directory: `ca.crt` and `ca.key`, `crl.pem`, `issued.tsv` with one line per
/// certificate, and below `issued/` one `NAME.crt` and `NAME.key` each. Files are replaced as a
/// whole, keys are readable by their owner only.
///
/// Trap: revoking by name revokes every certificate that was ever issued under it, renewed ones
/// too.
@NullMarked
package io.oriel.gateway.pki;

import org.jspecify.annotations.NullMarked;
