package io.oriel.wire.remotewrite;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.util.Locale;

/// The versions of the protocol, as the `proto` parameter of the content type names them.
public enum RemoteWriteVersion {
  V1("prometheus.WriteRequest", "0.1.0", "application/x-protobuf"),
  V2(
      "io.prometheus.write.v2.Request",
      "2.0.0",
      "application/x-protobuf;proto=io.prometheus.write.v2.Request");

  private final String message;
  private final String header;
  private final String contentType;

  RemoteWriteVersion(String message, String header, String contentType) {
    this.message = message;
    this.header = header;
    this.contentType = contentType;
  }

  /// The full name of the protobuf message.
  public String message() {
    return message;
  }

  /// The value of `X-Prometheus-Remote-Write-Version`.
  public String header() {
    return header;
  }

  /// The value of `Content-Type`.
  public String contentType() {
    return contentType;
  }

  /// The version of a request with this content type; without a `proto` parameter it is 1.0.
  ///
  /// @throws OrielException of kind INVALID when it is no remote write; the receiver answers 415
  public static RemoteWriteVersion of(String contentType) {
    String[] parts = contentType.split(";");
    if (!parts[0].strip().toLowerCase(Locale.ROOT).equals("application/x-protobuf")) {
      throw new OrielException(
          Kind.INVALID,
          "content type: got " + Quoted.of(contentType) + ", want application/x-protobuf");
    }
    for (int i = 1; i < parts.length; i++) {
      String[] pair = parts[i].strip().split("=", 2);
      if (pair.length == 2 && pair[0].strip().toLowerCase(Locale.ROOT).equals("proto")) {
        return ofMessage(pair[1].strip());
      }
    }
    return V1;
  }

  private static RemoteWriteVersion ofMessage(String message) {
    for (RemoteWriteVersion version : values()) {
      if (version.message.equals(message)) {
        return version;
      }
    }
    throw new OrielException(
        Kind.INVALID,
        "content type: got message "
            + Quoted.of(message)
            + ", want prometheus.WriteRequest or io.prometheus.write.v2.Request");
  }
}
