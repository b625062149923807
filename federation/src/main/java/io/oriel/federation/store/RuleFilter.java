package io.oriel.federation.store;

import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.promql.parse.Parser;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RuleGroup.Alert;
import io.oriel.wire.storeapi.RuleGroup.Rule;
import io.oriel.wire.storeapi.RulesRequest;
import java.util.ArrayList;
import java.util.List;

/// Which rules a request asks for. An endpoint need not heed it, so who gathers filters again.
public final class RuleFilter {
  private static final String TEMPLATE = "{{";

  private final RulesRequest request;
  private final List<List<Matcher>> matchers = new ArrayList<>();

  /// @throws io.oriel.model.error.OrielException of kind INVALID when a matcher is no selector
  public RuleFilter(RulesRequest request) {
    this.request = request;
    for (String selector : request.matchers()) {
      matchers.add(Parser.parseSelector(selector).matchers());
    }
  }

  /// The groups with the rules that are asked for; those of which none is left are left out.
  public List<RuleGroup> of(List<RuleGroup> groups) {
    List<RuleGroup> wanted = new ArrayList<>();
    for (RuleGroup group : groups) {
      if (!named(request.groups(), group.name()) || !named(request.files(), group.file())) {
        continue;
      }
      List<Rule> rules = group.rules().stream().filter(this::wants).toList();
      if (!rules.isEmpty()) {
        wanted.add(group.withRules(rules));
      }
    }
    return wanted;
  }

  private static boolean named(List<String> wanted, String name) {
    return wanted.isEmpty() || wanted.contains(name);
  }

  private boolean wants(Rule rule) {
    boolean type =
        switch (request.type()) {
          case ALL -> true;
          case ALERT -> rule instanceof Alert;
          case RECORD -> !(rule instanceof Alert);
        };
    Labels fixed = fixed(rule.labels());
    return type
        && named(request.names(), rule.name())
        && (matchers.isEmpty() || matchers.stream().anyMatch(set -> Matcher.all(set, fixed)));
  }

  /// Labels that are templates have no value before there is an alert: they do not match.
  private static Labels fixed(Labels labels) {
    LabelsBuilder fixed = labels.toBuilder();
    for (int i = 0; i < labels.size(); i++) {
      if (labels.value(i).contains(TEMPLATE)) {
        fixed.set(labels.name(i), "");
      }
    }
    return fixed.build();
  }
}
