/// Which cluster a client is, told from its certificate and nothing else.
///
/// Start at {@link KnownClusters}. A certificate of the PKI names its cluster as a URI among its
/// subject alternative names (RFC 5280, 4.2.1.6); see {@link io.oriel.gateway.pki.CertificateWish}.
/// Headers, index names and documents never say who a client is.
@NullMarked
package io.oriel.gateway.identity;

import org.jspecify.annotations.NullMarked;
