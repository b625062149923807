package io.oriel.wire.otlp;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.oriel.model.json.JsonWriter;

/// The answer to an export request. The answers of all signals have the same bytes, and differ by
/// one name in JSON.
final class OtlpResponse {
  private OtlpResponse() {}

  static byte[] protobuf(long rejected, String message) {
    if (rejected == 0 && message.isEmpty()) {
      return new byte[0];
    }
    return ExportLogsServiceResponse.newBuilder()
        .setPartialSuccess(
            ExportLogsPartialSuccess.newBuilder()
                .setRejectedLogRecords(rejected)
                .setErrorMessage(message))
        .build()
        .toByteArray();
  }

  /// @param rejectedName of the member that counts what was not taken
  static byte[] json(String rejectedName, long rejected, String message) {
    JsonWriter json = new JsonWriter(128);
    json.beginObject();
    if (rejected > 0 || !message.isEmpty()) {
      json.name("partialSuccess").beginObject();
      json.name(rejectedName).string(Long.toString(rejected));
      json.name("errorMessage").string(message).endObject();
    }
    json.endObject();
    return json.toBytes();
  }
}
