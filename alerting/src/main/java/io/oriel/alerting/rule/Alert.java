package io.oriel.alerting.rule;

import io.oriel.model.labels.Labels;
import java.util.Map;

/// One alert at one moment. Immutable.
///
/// Pending → firing after the rule's `for`; firing → inactive (resolved) when its series is gone
/// for `keep_firing_for`; a resolved alert is remembered for fifteen minutes so that its resolution
/// can be sent again.
///
/// @param value the series' value at the last evaluation; NaN for a histogram
/// @param activeAtMillis since when the series is there
/// @param firedAtMillis since when it fires; zero when it does not
/// @param resolvedAtMillis since when it is resolved; zero when it is not
/// @param lastSentMillis when it was last handed to the sender; zero for never
/// @param validUntilMillis until when receivers may take it for firing; zero before it was sent
/// @param keepFiringSinceMillis since when it fires without its series; zero when it does not
public record Alert(
    State state,
    Labels labels,
    Map<String, String> annotations,
    double value,
    long activeAtMillis,
    long firedAtMillis,
    long resolvedAtMillis,
    long lastSentMillis,
    long validUntilMillis,
    long keepFiringSinceMillis) {
  /// Where an alert is in its life.
  public enum State {
    INACTIVE("inactive"),
    PENDING("pending"),
    FIRING("firing");

    private final String word;

    State(String word) {
      this.word = word;
    }

    /// As the API and the `alertstate` label write it.
    public String word() {
      return word;
    }
  }

  public Alert {
    annotations = Map.copyOf(annotations);
  }

  static Alert pending(
      Labels labels, Map<String, String> annotations, double value, long activeAtMillis) {
    return new Alert(State.PENDING, labels, annotations, value, activeAtMillis, 0, 0, 0, 0, 0);
  }

  Alert seen(double newValue, Map<String, String> newAnnotations) {
    return new Alert(
        state,
        labels,
        newAnnotations,
        newValue,
        activeAtMillis,
        firedAtMillis,
        resolvedAtMillis,
        lastSentMillis,
        validUntilMillis,
        0);
  }

  Alert activeSince(long millis) {
    return new Alert(
        state,
        labels,
        annotations,
        value,
        millis,
        firedAtMillis,
        resolvedAtMillis,
        lastSentMillis,
        validUntilMillis,
        keepFiringSinceMillis);
  }

  Alert firing(long atMillis) {
    return new Alert(
        State.FIRING,
        labels,
        annotations,
        value,
        activeAtMillis,
        atMillis,
        0,
        lastSentMillis,
        validUntilMillis,
        keepFiringSinceMillis);
  }

  Alert keptFiringSince(long millis) {
    return new Alert(
        state,
        labels,
        annotations,
        value,
        activeAtMillis,
        firedAtMillis,
        resolvedAtMillis,
        lastSentMillis,
        validUntilMillis,
        millis);
  }

  Alert resolved(long atMillis) {
    return new Alert(
        State.INACTIVE,
        labels,
        annotations,
        value,
        activeAtMillis,
        firedAtMillis,
        atMillis,
        lastSentMillis,
        validUntilMillis,
        keepFiringSinceMillis);
  }

  Alert sent(long atMillis, long untilMillis) {
    return new Alert(
        state,
        labels,
        annotations,
        value,
        activeAtMillis,
        firedAtMillis,
        resolvedAtMillis,
        atMillis,
        untilMillis,
        keepFiringSinceMillis);
  }
}
