/// HTTP, both ways, as plain blocking calls.
///
/// Start at {@link HttpServer} with its {@link Routes}, and at {@link HttpClient}. Armeria does the
/// transport on its event loops; every handler runs on a virtual thread of its own and may block,
/// and no type of Armeria or Netty appears in a signature here. Client settings are Prometheus'
/// `http_config` ({@link HttpClientConfig}), server settings its `web.config.file` ({@link
/// WebConfig}).
///
/// Trap: a handler that computes for long should hand the work to a pool of platform threads,
/// because a virtual thread that never waits keeps its carrier.
@NullMarked
package io.oriel.runtime.http;

import org.jspecify.annotations.NullMarked;
