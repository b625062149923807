package io.oriel.gateway.route;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Puts `cluster`, `environment` and `event.ingested` first into documents and takes away what they
/// said of these. Used by one thread.
final class DocumentStamp {
  static final String CLUSTER = "cluster";
  static final String ENVIRONMENT = "environment";

  /** ECS; what follows lines as they come in asks for it. */
  static final String INGESTED = "event.ingested";

  private final byte[] stamp;
  private final DocumentScan scan = new DocumentScan();

  /// @param now when the documents came in
  DocumentStamp(ClusterIdentity client, Instant now) {
    JsonWriter json = new JsonWriter(96);
    json.beginObject();
    json.name(CLUSTER).string(client.cluster());
    json.name(ENVIRONMENT).string(client.environment());
    json.name(INGESTED).string(now.truncatedTo(ChronoUnit.MILLIS).toString());
    stamp = json.toBytes();
  }

  /// Appends the stamped document to {@code out}.
  ///
  /// @throws OrielException of kind INVALID when it is not one JSON object; nothing is appended
  ///   then
  void apply(byte[] bytes, int start, int end, Shape shape, GrowingBytes out) {
    scan.read(bytes, start, end);
    out.write(stamp, 0, stamp.length);
    scan.writeTo(out, shape);
    out.write('}');
  }
}
