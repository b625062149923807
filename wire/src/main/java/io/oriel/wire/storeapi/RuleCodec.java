package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.wire.storeapi.RuleGroup.Alert;
import io.oriel.wire.storeapi.RuleGroup.AlertInstance;
import io.oriel.wire.storeapi.RuleGroup.AlertState;
import io.oriel.wire.storeapi.RuleGroup.Outcome;
import io.oriel.wire.storeapi.RuleGroup.Recording;
import io.oriel.wire.storeapi.RuleGroup.Rule;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rule groups as bytes.
final class RuleCodec {
  private RuleCodec() {}

  static RuleGroup group(CodedInputStream in) throws IOException {
    String name = "";
    String file = "";
    List<Rule> rules = new ArrayList<>();
    double interval = 0;
    double evaluation = 0;
    Instant last = Instant.EPOCH;
    long limit = 0;
    PartialResponse strategy = PartialResponse.WARN;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> name = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> file = in.readStringRequireUtf8();
        case 3 << 3 | 2 -> rules.add(Proto.nested(in, RuleCodec::rule));
        case 4 << 3 | 1 -> interval = in.readDouble();
        case 5 << 3 | 1 -> evaluation = in.readDouble();
        case 6 << 3 | 2 -> last = Proto.nested(in, Proto::time);
        case 8 << 3 -> strategy = PartialResponse.of(in.readEnum());
        case 9 << 3 -> limit = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    return new RuleGroup(name, file, rules, interval, evaluation, last, limit, strategy);
  }

  private static Rule rule(CodedInputStream in) throws IOException {
    @Nullable Rule rule = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> rule = Proto.nested(in, RuleCodec::recording);
        case 2 << 3 | 2 -> rule = Proto.nested(in, RuleCodec::alert);
        default -> in.skipField(tag);
      }
    }
    if (rule == null) {
      throw OrielException.invalid("rule: got neither a recording nor an alerting rule");
    }
    return rule;
  }

  private static Recording recording(CodedInputStream in) throws IOException {
    String name = "";
    String query = "";
    Labels labels = Labels.empty();
    String health = "";
    String error = "";
    double seconds = 0;
    Instant last = Instant.EPOCH;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> name = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> query = in.readStringRequireUtf8();
        case 3 << 3 | 2 -> labels = Proto.nested(in, Proto::labelSet);
        case 4 << 3 | 2 -> health = in.readStringRequireUtf8();
        case 5 << 3 | 2 -> error = in.readStringRequireUtf8();
        case 6 << 3 | 1 -> seconds = in.readDouble();
        case 7 << 3 | 2 -> last = Proto.nested(in, Proto::time);
        default -> in.skipField(tag);
      }
    }
    return new Recording(name, query, labels, new Outcome(health, error, seconds, last));
  }

  private static Alert alert(CodedInputStream in) throws IOException {
    AlertState state = AlertState.UNKNOWN;
    String name = "";
    String query = "";
    double duration = 0;
    double keep = 0;
    Labels labels = Labels.empty();
    Labels annotations = Labels.empty();
    List<AlertInstance> alerts = new ArrayList<>();
    String health = "";
    String error = "";
    double seconds = 0;
    Instant last = Instant.EPOCH;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> state = state(in.readEnum());
        case 2 << 3 | 2 -> name = in.readStringRequireUtf8();
        case 3 << 3 | 2 -> query = in.readStringRequireUtf8();
        case 4 << 3 | 1 -> duration = in.readDouble();
        case 5 << 3 | 2 -> labels = Proto.nested(in, Proto::labelSet);
        case 6 << 3 | 2 -> annotations = Proto.nested(in, Proto::labelSet);
        case 7 << 3 | 2 -> alerts.add(Proto.nested(in, RuleCodec::instance));
        case 8 << 3 | 2 -> health = in.readStringRequireUtf8();
        case 9 << 3 | 2 -> error = in.readStringRequireUtf8();
        case 10 << 3 | 1 -> seconds = in.readDouble();
        case 11 << 3 | 2 -> last = Proto.nested(in, Proto::time);
        case 12 << 3 | 1 -> keep = in.readDouble();
        default -> in.skipField(tag);
      }
    }
    Outcome outcome = new Outcome(health, error, seconds, last);
    return new Alert(state, name, query, duration, keep, labels, annotations, alerts, outcome);
  }

  private static AlertState state(int number) {
    return number > 0 && number < AlertState.values().length
        ? AlertState.values()[number]
        : AlertState.UNKNOWN;
  }

  private static AlertInstance instance(CodedInputStream in) throws IOException {
    Labels labels = Labels.empty();
    Labels annotations = Labels.empty();
    AlertState state = AlertState.UNKNOWN;
    Optional<Instant> since = Optional.empty();
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> labels = Proto.nested(in, Proto::labelSet);
        case 2 << 3 | 2 -> annotations = Proto.nested(in, Proto::labelSet);
        case 3 << 3 -> state = state(in.readEnum());
        case 4 << 3 | 2 -> since = Optional.of(Proto.nested(in, Proto::time));
        case 5 << 3 | 2 -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    return new AlertInstance(labels, annotations, state, since, value);
  }

  static void write(CodedOutputStream out, RuleGroup group) throws IOException {
    Proto.string(out, 1, group.name());
    Proto.string(out, 2, group.file());
    for (Rule rule : group.rules()) {
      Proto.nested(
          out,
          3,
          inner -> {
            switch (rule) {
              case Recording recording -> Proto.nested(inner, 1, one -> write(one, recording));
              case Alert alert -> Proto.nested(inner, 2, one -> write(one, alert));
            }
          });
    }
    Proto.real(out, 4, group.intervalSeconds());
    Proto.real(out, 5, group.evaluationSeconds());
    Proto.time(out, 6, group.lastEvaluation());
    Proto.number(out, 8, group.partialResponse().ordinal());
    Proto.number(out, 9, group.limit());
  }

  private static void write(CodedOutputStream out, Recording rule) throws IOException {
    Proto.string(out, 1, rule.name());
    Proto.string(out, 2, rule.query());
    Proto.labelSet(out, 3, rule.labels());
    outcome(out, 4, rule.outcome());
  }

  private static void outcome(CodedOutputStream out, int field, Outcome outcome)
      throws IOException {
    Proto.string(out, field, outcome.health());
    Proto.string(out, field + 1, outcome.lastError());
    Proto.real(out, field + 2, outcome.evaluationSeconds());
    Proto.time(out, field + 3, outcome.lastEvaluation());
  }

  private static void write(CodedOutputStream out, Alert rule) throws IOException {
    Proto.number(out, 1, rule.state().ordinal());
    Proto.string(out, 2, rule.name());
    Proto.string(out, 3, rule.query());
    Proto.real(out, 4, rule.forSeconds());
    Proto.labelSet(out, 5, rule.labels());
    Proto.labelSet(out, 6, rule.annotations());
    for (AlertInstance alert : rule.alerts()) {
      Proto.nested(out, 7, inner -> write(inner, alert));
    }
    outcome(out, 8, rule.outcome());
    Proto.real(out, 12, rule.keepFiringSeconds());
  }

  private static void write(CodedOutputStream out, AlertInstance alert) throws IOException {
    Proto.labelSet(out, 1, alert.labels());
    Proto.labelSet(out, 2, alert.annotations());
    Proto.number(out, 3, alert.state().ordinal());
    if (alert.activeAt().isPresent()) {
      Proto.time(out, 4, alert.activeAt().get());
    }
    Proto.string(out, 5, alert.value());
  }
}
