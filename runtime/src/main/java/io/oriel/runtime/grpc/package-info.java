/// gRPC, server and client, with TLS on both sides.
///
/// Start at {@link GrpcServer} and {@link GrpcClient}; {@link Reflection} adds what grpcurl asks
/// for. Messages are bytes here; their codecs live in `wire`. Handlers and callers block on virtual
/// threads: sending waits while the other side is slow, and a deadline or a cancelled call
/// interrupts the handler. Armeria and grpc-java do the framing and stay inside this package.
///
/// TLS is as strict as configured: with client roots a client must show a certificate of one of
/// them. Who is refused is logged with the reason and counted in `oriel_grpc_server_refused_total`.
/// Metrics are those of go-grpc-middleware, which Thanos' dashboards and alerts use:
/// `grpc_server_*`, `grpc_client_*`. Compression: gzip, and snappy in the framing format, as
/// Thanos' option `--grpc-compression` has it.
///
/// Trap: a handler that returns without sending answers with an empty stream, which a unary caller
/// takes for an error.
@NullMarked
package io.oriel.runtime.grpc;

import org.jspecify.annotations.NullMarked;
