package io.oriel.app.role.rule;

import io.oriel.alerting.rule.Alert;
import io.oriel.alerting.rule.RuleConfig;
import io.oriel.alerting.rule.RuleGroupStatus;
import io.oriel.alerting.rule.RuleStatus;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.number.GoFloat;
import io.oriel.promql.parse.Parser;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RuleGroup.AlertInstance;
import io.oriel.wire.storeapi.RuleGroup.AlertState;
import io.oriel.wire.storeapi.RuleGroup.Outcome;
import io.oriel.wire.storeapi.RuleGroup.Rule;
import io.oriel.wire.storeapi.RulesRequest;
import io.oriel.wire.storeapi.StoreServices;
import io.oriel.wire.storeapi.StreamFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// `thanos.Rules` of the rules that run here, under the external labels. Thread-safe.
final class RuleService {
  private final Supplier<List<Shown>> groups;
  private final Labels external;

  /// A group and what it does when a store is missing.
  record Shown(RuleGroupStatus group, PartialResponse strategy) {}

  RuleService(Supplier<List<Shown>> groups, Labels external) {
    this.groups = groups;
    this.external = external;
  }

  GrpcService service() {
    return new GrpcService(
        StoreServices.RULES,
        List.of(
            new GrpcService.Method(
                StoreServices.RULES_CALL, GrpcService.Shape.SERVER_STREAM, this::answer)));
  }

  private void answer(GrpcCall call) {
    RulesRequest request = RulesRequest.read(call.request());
    List<List<Matcher>> selectors =
        request.matchers().stream().map(text -> Parser.parseSelector(text).matchers()).toList();
    for (Shown shown : groups.get()) {
      RuleGroupStatus group = shown.group();
      boolean wanted =
          (request.groups().isEmpty() || request.groups().contains(group.name()))
              && (request.files().isEmpty() || request.files().contains(group.file()));
      List<Rule> rules = new ArrayList<>();
      for (RuleStatus status : wanted ? group.rules() : List.<RuleStatus>of()) {
        Rule rule = rule(status);
        if (wants(request, selectors, rule)) {
          rules.add(rule);
        }
      }
      if (!rules.isEmpty()) {
        call.send(RuleGroup.writeFrame(StreamFrame.of(group(group, rules, shown.strategy()))));
      }
    }
  }

  private static boolean wants(RulesRequest request, List<List<Matcher>> selectors, Rule rule) {
    boolean type =
        switch (request.type()) {
          case ALL -> true;
          case ALERT -> rule instanceof RuleGroup.Alert;
          case RECORD -> rule instanceof RuleGroup.Recording;
        };
    return type
        && (request.names().isEmpty() || request.names().contains(rule.name()))
        && (selectors.isEmpty()
            || selectors.stream().anyMatch(matchers -> Matcher.all(matchers, rule.labels())));
  }

  private static RuleGroup group(
      RuleGroupStatus group, List<Rule> rules, PartialResponse strategy) {
    return new RuleGroup(
        group.name(),
        group.file(),
        rules,
        group.intervalMillis() / 1000.0,
        group.evaluationSeconds(),
        Instant.ofEpochMilli(group.lastEvaluationMillis()),
        group.limit(),
        strategy);
  }

  private Rule rule(RuleStatus status) {
    Outcome outcome =
        new Outcome(
            status.health().word(),
            status.lastError(),
            status.evaluationSeconds(),
            Instant.ofEpochMilli(status.lastEvaluationMillis()));
    return switch (status.config()) {
      case RuleConfig.Recording rule ->
          new RuleGroup.Recording(rule.name(), rule.expression(), enriched(rule.labels()), outcome);
      case RuleConfig.Alerting rule ->
          new RuleGroup.Alert(
              state(status.state()),
              rule.name(),
              rule.expression(),
              rule.forMillis() / 1000.0,
              rule.keepFiringForMillis() / 1000.0,
              enriched(rule.labels()),
              labels(rule.annotations()),
              status.alerts().stream().map(this::instance).toList(),
              outcome);
    };
  }

  private AlertInstance instance(Alert alert) {
    return new AlertInstance(
        enriched(alert.labels()),
        labels(alert.annotations()),
        state(alert.state()),
        Optional.of(Instant.ofEpochMilli(alert.activeAtMillis())),
        GoFloat.format(alert.value()));
  }

  private Labels enriched(Labels labels) {
    LabelsBuilder all = labels.toBuilder();
    external.toMap().forEach(all::set);
    return all.build();
  }

  private static Labels labels(Map<String, String> map) {
    LabelsBuilder labels = new LabelsBuilder();
    map.forEach(labels::set);
    return labels.build();
  }

  private static AlertState state(Alert.State state) {
    return switch (state) {
      case INACTIVE -> AlertState.INACTIVE;
      case PENDING -> AlertState.PENDING;
      case FIRING -> AlertState.FIRING;
    };
  }
}
