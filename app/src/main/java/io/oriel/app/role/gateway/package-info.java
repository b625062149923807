/// `oriel gateway`: the front door for logs and spans, which knows clusters by their certificates.
///
/// It exists because engines have no door that strangers may be shown. Start at {@link
/// GatewayRole}, which joins the doors of {@link io.oriel.gateway.route} with a client of the
/// engine; flags are Oriel's own.
@NullMarked
package io.oriel.app.role.gateway;

import org.jspecify.annotations.NullMarked;
