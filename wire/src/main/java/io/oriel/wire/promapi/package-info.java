/// The frame around every answer of the Prometheus HTTP API v1.
///
/// Start at {@link ApiEnvelope}: status, data, warnings and infos, or an error with its type. What
/// `data` holds is for each endpoint to write. Source: Prometheus 3.14, docs/querying/api.md.
@NullMarked
package io.oriel.wire.promapi;

import org.jspecify.annotations.NullMarked;
