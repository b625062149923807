/// The front door for logs and spans: what clients of Elasticsearch and OTLP senders may call.
///
/// Start at {@link Gateway}. A bulk is read while it comes, every item is looked at: its index must
/// be its cluster's own, its document is stamped with `cluster` and `environment`, whatever it said
/// itself. Documents are added only: `index` goes on as `create`, as data streams want it, and one
/// that is there already is told as `noop`. What passes goes to the engine under the gateway's own
/// name; the reply comes back with the refused items in their places. Clients' set-up calls ({@link
/// SetupRoutes}) are answered here and change nothing: templates, lifecycle and pipelines are the
/// platform's.
///
/// Formats: Elasticsearch 8 bulk and document APIs ({@link io.oriel.wire.elastic}), OTLP 1.x logs
/// over HTTP and gRPC. Accounting: documents received = stored + duplicate + retry + refused +
/// unknown, by cluster.
///
/// Trap: the gateway holds a request's body until the engine has answered, within a bound that all
/// requests share. It keeps nothing: what it has not answered, the client still has.
@NullMarked
package io.oriel.gateway.route;

import org.jspecify.annotations.NullMarked;
