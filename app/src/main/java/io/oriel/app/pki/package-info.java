/// `oriel pki`: the certificates of the platform on the command line.
///
/// Start at {@link PkiCommand}. What it does is in {@link io.oriel.gateway.pki}; here are the flags
/// and what is printed.
@NullMarked
package io.oriel.app.pki;

import org.jspecify.annotations.NullMarked;
