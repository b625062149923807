package io.oriel.gateway.audit;

import io.oriel.gateway.identity.ClusterIdentity;
import java.util.Optional;

/// Something worth remembering.
///
/// @param action `connect`, `bulk`, `document`, `otlp`, `setup`
/// @param outcome whether it was allowed
/// @param client empty when the client could not say who it is
/// @param source its address
/// @param object what it was about: an index, a template
/// @param reason why it was refused; empty when it was not
public record AuditEvent(
    String action,
    Outcome outcome,
    Optional<ClusterIdentity> client,
    String source,
    String object,
    String reason) {
  /// How it ended.
  public enum Outcome {
    SUCCESS,
    FAILURE
  }
}
