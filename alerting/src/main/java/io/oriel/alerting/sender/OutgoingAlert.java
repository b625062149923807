package io.oriel.alerting.sender;

import io.oriel.model.labels.Labels;
import java.util.Map;

/// An alert as an Alertmanager gets it.
///
/// @param labels its identity, external labels included
/// @param startsAtMillis since when it fires, Unix milliseconds
/// @param endsAtMillis when it was resolved, or until when it may be taken for firing
/// @param generatorUrl where its expression can be looked at
public record OutgoingAlert(
    Labels labels,
    Map<String, String> annotations,
    long startsAtMillis,
    long endsAtMillis,
    String generatorUrl) {
  public OutgoingAlert {
    annotations = Map.copyOf(annotations);
  }
}
