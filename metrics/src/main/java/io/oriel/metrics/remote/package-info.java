/// Samples over the wire in both directions: remote write and read, and OTLP.
///
/// Start at {@link WriteApi}, {@link OtlpApi} and {@link ReadApi}, the routes that others call.
/// Formats: remote write 1.0 and 2.0 and remote read of `wire`, which say their versions; status
/// codes and messages are those of Prometheus' handlers, because senders decide by them whether to
/// try again.
///
/// Accounting: every sample of a request is appended, or counted in
/// `oriel_receive_dropped_samples_total` with a reason; `oriel_receive_samples_total` is their sum.
///
/// Trap: version 1 and OTLP are all or nothing, version 2 keeps what is good and says how much it
/// was.
@NullMarked
package io.oriel.metrics.remote;

import org.jspecify.annotations.NullMarked;
