package io.oriel.wire.storeapi;

import io.oriel.model.labels.Labels;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A group of rules and how its last evaluation went: `thanos.RuleGroup`.
///
/// @param limit how many series or alerts a rule may have, zero for any number
public record RuleGroup(
    String name,
    String file,
    List<Rule> rules,
    double intervalSeconds,
    double evaluationSeconds,
    Instant lastEvaluation,
    long limit,
    PartialResponse partialResponse) {
  public RuleGroup {
    rules = List.copyOf(rules);
  }

  /// The same group with other rules.
  public RuleGroup withRules(List<Rule> newRules) {
    return new RuleGroup(
        name,
        file,
        newRules,
        intervalSeconds,
        evaluationSeconds,
        lastEvaluation,
        limit,
        partialResponse);
  }

  /// A rule of the group.
  public sealed interface Rule permits Recording, Alert {
    String name();

    String query();

    Labels labels();

    /// The same rule with other labels.
    Rule withLabels(Labels newLabels);
  }

  /// What became of the last evaluation of a rule.
  ///
  /// @param health `ok`, `err` or `unknown`
  /// @param lastError empty when there was none
  public record Outcome(
      String health, String lastError, double evaluationSeconds, Instant lastEvaluation) {}

  /// A rule that writes a series.
  public record Recording(String name, String query, Labels labels, Outcome outcome)
      implements Rule {
    @Override
    public Recording withLabels(Labels newLabels) {
      return new Recording(name, query, newLabels, outcome);
    }
  }

  /// A rule that raises alerts.
  public record Alert(
      AlertState state,
      String name,
      String query,
      double forSeconds,
      double keepFiringSeconds,
      Labels labels,
      Labels annotations,
      List<AlertInstance> alerts,
      Outcome outcome)
      implements Rule {
    public Alert {
      alerts = List.copyOf(alerts);
    }

    @Override
    public Alert withLabels(Labels newLabels) {
      return new Alert(
          state,
          name,
          query,
          forSeconds,
          keepFiringSeconds,
          newLabels,
          annotations,
          alerts,
          outcome);
    }
  }

  /// How far an alert is, in the order of the numbers, which is the order of urgency.
  public enum AlertState {
    UNKNOWN,
    INACTIVE,
    PENDING,
    FIRING
  }

  /// One alert that a rule has raised.
  public record AlertInstance(
      Labels labels,
      Labels annotations,
      AlertState state,
      Optional<Instant> activeAt,
      String value) {}

  /// A frame of the answer: `thanos.RulesResponse`.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static StreamFrame<RuleGroup> readFrame(ByteBuffer message) {
    return StreamFrame.read(message, "thanos.RulesResponse", RuleCodec::group);
  }

  /// The frame as bytes.
  public static ByteBuffer writeFrame(StreamFrame<RuleGroup> frame) {
    return StreamFrame.write(frame, RuleCodec::write);
  }
}
