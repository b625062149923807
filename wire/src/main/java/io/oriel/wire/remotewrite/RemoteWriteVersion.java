package io.oriel.wire.remotewrite;

import io.oriel.model.error.OrielException;
import java.util.Locale;

/// The versions of the protocol, as the `proto` parameter of the content type names them.
public enum RemoteWriteVersion {
  V1("prometheus.WriteRequest", "0.1.0", "application/x-protobuf"),
  V2(
      "io.prometheus.write.v2.Request",
      "2.0.0",
      "application/x-protobuf;proto=io.prometheus.write.v2.Request");

  private static final String MEDIA_TYPE = "application/x-protobuf";
  private static final int MAX_SHOWN = 128;

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

  /// The version of a request with this content type; without a `proto` parameter, or without any
  /// content type, it is 1.0.
  ///
  /// @throws OrielException of kind INVALID, in upstream's words, when it is no remote write; the
  ///   receiver answers 415
  public static RemoteWriteVersion of(String contentType) {
    String whole = contentType.strip();
    String[] parts = whole.split(";");
    if (whole.isEmpty()) {
      return V1;
    }
    if (!parts[0].strip().toLowerCase(Locale.ROOT).equals(MEDIA_TYPE)) {
      throw OrielException.invalid(
          "expected "
              + MEDIA_TYPE
              + " as the first (media) part, got "
              + shown(whole)
              + " content-type");
    }
    for (int i = 1; i < parts.length; i++) {
      String[] pair = parts[i].strip().split("=", -1);
      if (pair.length != 2) {
        throw OrielException.invalid(
            "as per https://www.rfc-editor.org/rfc/rfc9110#parameter expected parameters to be"
                + " key-values, got "
                + shown(parts[i])
                + " in "
                + shown(whole)
                + " content-type");
      }
      if (pair[0].strip().toLowerCase(Locale.ROOT).equals("proto")) {
        return ofMessage(whole, pair[1].strip());
      }
    }
    return V1;
  }

  private static RemoteWriteVersion ofMessage(String contentType, String message) {
    for (RemoteWriteVersion version : values()) {
      if (version.message.equals(message)) {
        return version;
      }
    }
    throw OrielException.invalid(
        "got "
            + shown(contentType)
            + " content type; unknown type for remote write protobuf message "
            + shown(message)
            + ", supported: prometheus.WriteRequest, io.prometheus.write.v2.Request");
  }

  private static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
