/// What Zipkin's reporters send, as spans of our model.
///
/// It exists because many libraries report to Zipkin only. Start at {@link ZipkinJson} for v1 and
/// v2 in JSON, {@link ZipkinProto} for v2 in protobuf, {@link ZipkinThrift} for v1 in Thrift.
/// Formats: Zipkin API v2 (`zipkin2-api.yaml`, `zipkin.proto`), v1 (`zipkin-api.yaml`,
/// `zipkinCore.thrift`); translation as the OpenTelemetry collector's receiver does it.
///
/// Trap: a server may report under the span id of its client (`shared`). Both stay as they are;
/// whoever puts a trace together tells them apart by their kind.
@NullMarked
package io.oriel.wire.zipkin;

import org.jspecify.annotations.NullMarked;
