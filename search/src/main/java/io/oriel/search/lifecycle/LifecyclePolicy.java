package io.oriel.search.lifecycle;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.opensearch.common.unit.TimeValue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What shall become of an index over time. Immutable.
///
/// Reads the `policy` object of Elasticsearch's `PUT _ilm/policy` and writes it back in upstream's
/// canonical form: phases in their order, `min_age` always there.
final class LifecyclePolicy {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// One phase.
  ///
  /// @param actions by name, in the order in which they are carried out
  record PhasePart(TimeValue minAge, Map<String, LifecycleAction> actions) {}

  private final String name;
  private final EnumMap<Phase, PhasePart> phases;
  private final ObjectNode canonical;

  private LifecyclePolicy(String name, EnumMap<Phase, PhasePart> phases, ObjectNode canonical) {
    this.name = name;
    this.phases = phases;
    this.canonical = canonical;
  }

  /// Reads a policy.
  ///
  /// @throws IllegalArgumentException when it is none, or asks for what cannot be done here
  static LifecyclePolicy parse(String name, String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("policy is not JSON: " + e.getOriginalMessage(), e);
    }
    return parse(name, root);
  }

  /// Reads the body of a request: an object with `policy` in it.
  static LifecyclePolicy parseRequest(String name, String json) {
    try {
      JsonNode root = JSON.readTree(json);
      JsonNode policy = root.get("policy");
      if (policy == null) {
        throw new IllegalArgumentException("Required [policy]");
      }
      for (String key : root.propertyNames()) {
        if (!key.equals("policy")) {
          throw new IllegalArgumentException("[put_lifecycle_request] unknown field [" + key + "]");
        }
      }
      return parse(name, policy);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("request is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static LifecyclePolicy parse(String name, JsonNode root) {
    JsonNode given = root.get("phases");
    if (!(given instanceof ObjectNode)) {
      throw new IllegalArgumentException("Required [phases]");
    }
    for (String key : root.propertyNames()) {
      if (!key.equals("phases") && !key.equals("_meta") && !key.equals("deprecated")) {
        throw new IllegalArgumentException("[lifecycle_policy] unknown field [" + key + "]");
      }
    }
    for (String word : given.propertyNames()) {
      if (Phase.ofWord(word).isEmpty()) {
        throw new IllegalArgumentException(
            "Timeseries lifecycle does not support phase [" + word + "]");
      }
    }
    ObjectNode canonical = JSON.createObjectNode();
    ObjectNode canonicalPhases = canonical.putObject("phases");
    EnumMap<Phase, PhasePart> phases = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      JsonNode part = given.get(phase.word());
      if (part != null) {
        phases.put(phase, phase(phase, part, canonicalPhases.putObject(phase.word())));
      }
    }
    JsonNode meta = root.get("_meta");
    if (meta != null) {
      canonical.set("_meta", meta);
    }
    return new LifecyclePolicy(name, phases, canonical);
  }

  private static PhasePart phase(Phase phase, JsonNode given, ObjectNode canonical) {
    for (String key : given.propertyNames()) {
      if (!key.equals("min_age") && !key.equals("actions")) {
        throw new IllegalArgumentException("[phase] unknown field [" + key + "]");
      }
    }
    String age = given.path("min_age").asString("0ms");
    TimeValue minAge = TimeValue.parseTimeValue(age, "min_age");
    canonical.put("min_age", age);
    ObjectNode canonicalActions = canonical.putObject("actions");
    JsonNode actions = given.path("actions");
    for (String action : actions.propertyNames()) {
      if (!phase.actions().contains(action)) {
        throw new IllegalArgumentException(ActionReader.refusal(phase, action));
      }
    }
    Map<String, LifecycleAction> read = new LinkedHashMap<>();
    for (String action : phase.actions()) {
      JsonNode body = actions.get(action);
      if (body != null) {
        read.put(action, ActionReader.read(action, body, canonicalActions.putObject(action)));
      }
    }
    if (phase == Phase.HOT && !read.containsKey("rollover")) {
      for (String needy : new String[] {"readonly", "shrink", "forcemerge"}) {
        if (read.containsKey(needy)) {
          throw new IllegalArgumentException(
              "the ["
                  + needy
                  + "] action(s) may not be used in the [hot] phase without an accompanying"
                  + " [rollover] action");
        }
      }
    }
    if (phase == Phase.DELETE && read.isEmpty()) {
      throw new IllegalArgumentException("phase [delete] must define actions");
    }
    return new PhasePart(minAge, withMigration(phase, read));
  }

  /// Warm and cold move an index to the nodes of their tier unless the policy moves it itself.
  private static Map<String, LifecycleAction> withMigration(
      Phase phase, Map<String, LifecycleAction> read) {
    boolean moves =
        read.get("allocate") instanceof LifecycleAction.Allocate allocate
            && !allocate.filters().isEmpty();
    if ((phase != Phase.WARM && phase != Phase.COLD) || read.containsKey("migrate") || moves) {
      return read;
    }
    Map<String, LifecycleAction> all = new LinkedHashMap<>();
    for (String action : phase.actions()) {
      LifecycleAction own = read.get(action);
      if (own != null) {
        all.put(action, own);
      } else if (action.equals("migrate")) {
        all.put(action, new LifecycleAction.Migrate(true));
      }
    }
    return all;
  }

  String name() {
    return name;
  }

  /// The canonical form.
  String json() {
    return JSON.writeValueAsString(canonical);
  }

  /// The canonical form of one phase; empty when there is none.
  Optional<String> phaseJson(Phase phase) {
    JsonNode part = canonical.get("phases").get(phase.word());
    return part == null ? Optional.empty() : Optional.of(JSON.writeValueAsString(part));
  }

  Optional<PhasePart> phase(Phase phase) {
    return Optional.ofNullable(phases.get(phase));
  }

  /// The phase that follows {@code word}, which may be `new`.
  Optional<Phase> after(String word) {
    int at = Phase.ofWord(word).map(Phase::ordinal).orElse(-1);
    return phases.keySet().stream().filter(phase -> phase.ordinal() > at).findFirst();
  }

  /// A policy of the one phase whose canonical form is {@code json}: what an index keeps of its
  /// policy while it is in that phase.
  static PhasePart parsePhase(Phase phase, String json) {
    ObjectNode policy = JSON.createObjectNode();
    policy.putObject("phases").set(phase.word(), JSON.readTree(json));
    return parse("", policy).phase(phase).orElseThrow();
  }
}
