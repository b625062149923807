package io.oriel.wire.otlp;

import com.google.protobuf.CodedOutputStream;
import io.oriel.model.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// The body of a refusal over OTLP/HTTP: a `google.rpc.Status` (OTLP 1.x, "Failures").
///
/// @param code in `google.rpc.Code`
public record OtlpStatus(int code, String message) {
  /// In protobuf.
  public byte[] toBytes() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeInt32(1, code);
      out.writeString(2, message);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// In JSON.
  public byte[] toJson() {
    JsonWriter json = new JsonWriter(128);
    json.beginObject().name("code").number(code).name("message").string(message).endObject();
    return json.toBytes();
  }
}
