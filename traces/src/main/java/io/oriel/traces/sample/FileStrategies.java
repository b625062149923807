package io.oriel.traces.sample;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.wire.jaeger.SamplingStrategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Strategies as a file has them, in upstream's format: `default_strategy` and
/// `service_strategies`, each with `type`, `param` and `operation_strategies`. Thread-safe; loading
/// replaces all at once.
public final class FileStrategies implements StrategyProvider {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final double fallback;
  private volatile Known known;

  private record Known(SamplingStrategy standard, Map<String, SamplingStrategy> byService) {}

  /// @param fallback the probability where no file says another
  public FileStrategies(double fallback) {
    this.fallback = fallback;
    this.known = new Known(SamplingStrategy.probability(fallback), Map.of());
  }

  /// What clusters of an environment sample unless told otherwise: a tenth in development, a
  /// twentieth in staging, a hundredth in production and elsewhere.
  public static double standardProbability(String environment) {
    return switch (environment) {
      case "dev", "development", "test" -> 0.1;
      case "stag", "stage", "staging" -> 0.05;
      default -> 0.01;
    };
  }

  @Override
  public SamplingStrategy strategyOf(String service) {
    Known now = known;
    return now.byService.getOrDefault(service, now.standard);
  }

  /// Takes the strategies of a file.
  ///
  /// @throws OrielException of kind INVALID when it has none, or unknown ones; those before stay
  public void load(byte[] file) {
    try {
      known = parse(JSON.readTree(file));
    } catch (JacksonException e) {
      throw new OrielException(
          Kind.INVALID, "sampling strategies: not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private Known parse(JsonNode root) {
    SamplingStrategy standard =
        root.path("default_strategy").isObject()
            ? service(root.path("default_strategy"), "default_strategy")
            : SamplingStrategy.probability(fallback);
    Map<String, SamplingStrategy> byService = new HashMap<>();
    int i = 0;
    for (JsonNode each : root.path("service_strategies")) {
      String where = "service_strategies[" + i++ + "]";
      String name = each.path("service").asString("");
      if (name.isEmpty()) {
        throw OrielException.invalid("sampling strategies: " + where + ": got no service");
      }
      byService.put(name, merged(service(each, where), standard));
    }
    return new Known(standard, Map.copyOf(byService));
  }

  /// What holds for operations by default holds for those of a service, too, unless it says
  /// otherwise itself.
  private static SamplingStrategy merged(SamplingStrategy own, SamplingStrategy standard) {
    if (standard.operations().isEmpty()) {
      return own;
    }
    SamplingStrategy.Operations inherited = standard.operations().get();
    if (own.operations().isEmpty()) {
      boolean probable = own.type() == SamplingStrategy.Type.PROBABILISTIC;
      return own.withOperations(
          new SamplingStrategy.Operations(
              probable ? own.rate() : inherited.probability(),
              inherited.lowerBound(),
              inherited.upperBound(),
              inherited.each()));
    }
    SamplingStrategy.Operations mine = own.operations().get();
    Map<String, SamplingStrategy.Operation> all = new LinkedHashMap<>();
    mine.each().forEach(operation -> all.put(operation.name(), operation));
    inherited.each().forEach(operation -> all.putIfAbsent(operation.name(), operation));
    return own.withOperations(
        new SamplingStrategy.Operations(
            mine.probability(), mine.lowerBound(), mine.upperBound(), List.copyOf(all.values())));
  }

  private SamplingStrategy service(JsonNode node, String where) {
    SamplingStrategy strategy = strategy(node, where);
    JsonNode listed = node.path("operation_strategies");
    if (listed.isEmpty()) {
      return strategy;
    }
    List<SamplingStrategy.Operation> operations = new ArrayList<>();
    int i = 0;
    for (JsonNode each : listed) {
      SamplingStrategy own = strategy(each, where + ".operation_strategies[" + i++ + "]");
      // clients know probabilities only, so upstream leaves others out, too
      if (own.type() == SamplingStrategy.Type.PROBABILISTIC) {
        operations.add(
            new SamplingStrategy.Operation(each.path("operation").asString(""), own.rate()));
      }
    }
    boolean probable = strategy.type() == SamplingStrategy.Type.PROBABILISTIC;
    return strategy.withOperations(
        new SamplingStrategy.Operations(probable ? strategy.rate() : fallback, 0, 0, operations));
  }

  private static SamplingStrategy strategy(JsonNode node, String where) {
    double param = node.path("param").asDouble(Double.NaN);
    String type = node.path("type").asString("");
    return switch (type) {
      case "probabilistic" -> {
        if (!(param >= 0 && param <= 1)) {
          throw OrielException.invalid(
              "sampling strategies: " + where + ".param: got " + param + ", want 0 to 1");
        }
        yield SamplingStrategy.probability(param);
      }
      case "ratelimiting" -> {
        if (!(param >= 0)) {
          throw OrielException.invalid(
              "sampling strategies: " + where + ".param: got " + param + ", want 0 or more");
        }
        yield new SamplingStrategy(
            SamplingStrategy.Type.RATE_LIMITING, (int) param, Optional.empty());
      }
      default ->
          throw OrielException.invalid(
              "sampling strategies: "
                  + where
                  + ".type: got \""
                  + type
                  + "\", want probabilistic or ratelimiting");
    };
  }
}
