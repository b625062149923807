package io.oriel.traces.peer;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.traces.sample.AdaptiveSampling;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Adaptive sampling of several collectors as one: each interval all bring what they have seen to
/// the leader, take the probabilities that it has, and so tell clients the same. Thread-safe.
///
/// Everybody knows the last probabilities, so whoever becomes the leader goes on from them. Counts
/// that the leader did not take are brought again. It is a service of its own beside OTLP:
/// `oriel.collect.Sampling/Exchange`, JSON both ways, `{"seen": [{"service", "operation", "traces",
/// "probabilities": ["0.001000"]}]}` for `{"probabilities": {service: {operation: number}}}`.
public final class SharedSampling {
  private static final String SERVICE = "oriel.collect.Sampling";
  private static final String METHOD = "Exchange";
  private static final String SEEN = "seen";
  private static final String PROBABILITIES = "probabilities";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final AdaptiveSampling sampling;
  private final Peers peers;

  public SharedSampling(AdaptiveSampling sampling, Peers peers, PrometheusRegistry registry) {
    this.sampling = sampling;
    this.peers = peers;
    GaugeWithCallback.builder()
        .name("oriel_adaptive_sampling_leader")
        .help("1 where the probabilities of adaptive sampling are computed.")
        .callback(callback -> callback.call(isLeader() ? 1 : 0))
        .register(registry);
  }

  private boolean isLeader() {
    return peers.ring().leader().equals(peers.self());
  }

  /// Ends an interval of {@code seconds}: computes anew, or asks the leader.
  public void step(double seconds) throws InterruptedException {
    if (!isLeader()) {
      String leader = peers.ring().leader();
      List<AdaptiveSampling.Seen> seen = sampling.drain();
      try {
        ByteBuffer answer =
            peers
                .client(leader)
                .call(SERVICE, METHOD, ByteBuffer.wrap(write(seen)), peers.timeout(), Map.of());
        sampling.adopt(readProbabilities(answer));
        return;
      } catch (OrielException e) {
        sampling.add(seen);
        peers.failed(leader, e.reason());
      } catch (IOException e) {
        sampling.add(seen);
        peers.failed(leader, String.valueOf(e.getMessage()));
      }
    }
    if (isLeader()) {
      sampling.calculate(seconds);
    }
  }

  /// What the leader answers the others with; every collector serves it.
  public GrpcService service() {
    return new GrpcService(
        SERVICE, List.of(new GrpcService.Method(METHOD, GrpcService.Shape.UNARY, this::exchange)));
  }

  private void exchange(GrpcCall call) {
    sampling.add(readSeen(call.request()));
    call.send(ByteBuffer.wrap(write(sampling.probabilities())));
  }

  private static byte[] write(List<AdaptiveSampling.Seen> seen) {
    ObjectNode message = JSON.createObjectNode();
    ArrayNode all = message.putArray(SEEN);
    for (AdaptiveSampling.Seen one : seen) {
      ObjectNode each = all.addObject();
      each.put("service", one.service());
      each.put("operation", one.operation());
      each.put("traces", one.traces());
      ArrayNode with = each.putArray(PROBABILITIES);
      one.probabilities().stream().sorted().forEach(with::add);
    }
    return JSON.writeValueAsBytes(message);
  }

  private static byte[] write(Map<String, Map<String, Double>> probabilities) {
    ObjectNode message = JSON.createObjectNode();
    ObjectNode services = message.putObject(PROBABILITIES);
    probabilities.forEach(
        (service, operations) -> {
          ObjectNode each = services.putObject(service);
          operations.forEach(each::put);
        });
    return JSON.writeValueAsBytes(message);
  }

  private static JsonNode read(ByteBuffer message) {
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw OrielException.invalid(SERVICE + ": want JSON: " + e.getOriginalMessage());
    }
  }

  private static List<AdaptiveSampling.Seen> readSeen(ByteBuffer message) {
    List<AdaptiveSampling.Seen> all = new ArrayList<>();
    for (JsonNode each : read(message).path(SEEN)) {
      long traces = each.path("traces").asLong(-1);
      if (traces < 0 || !each.path("service").isString() || !each.path("operation").isString()) {
        throw OrielException.invalid(
            SERVICE + ": " + SEEN + "[" + all.size() + "]: want service, operation and traces");
      }
      Set<String> probabilities = new HashSet<>();
      each.path(PROBABILITIES).forEach(one -> probabilities.add(one.asString("")));
      all.add(
          new AdaptiveSampling.Seen(
              each.path("service").asString(),
              each.path("operation").asString(),
              traces,
              probabilities));
    }
    return all;
  }

  private static Map<String, Map<String, Double>> readProbabilities(ByteBuffer message) {
    Map<String, Map<String, Double>> all = new TreeMap<>();
    for (Map.Entry<String, JsonNode> service : read(message).path(PROBABILITIES).properties()) {
      Map<String, Double> operations = new TreeMap<>();
      for (Map.Entry<String, JsonNode> operation : service.getValue().properties()) {
        double probability = operation.getValue().asDouble(-1);
        if (!(probability >= 0 && probability <= 1)) {
          throw OrielException.invalid(
              SERVICE
                  + ": probability of "
                  + service.getKey()
                  + " "
                  + operation.getKey()
                  + ": got "
                  + operation.getValue()
                  + ", want 0 to 1");
        }
        operations.put(operation.getKey(), probability);
      }
      all.put(service.getKey(), operations);
    }
    return all;
  }
}
