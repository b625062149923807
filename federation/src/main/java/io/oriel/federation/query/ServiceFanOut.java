package io.oriel.federation.query;

import io.oriel.federation.store.ExternalLabels;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.Matcher;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.oriel.runtime.grpc.GrpcStream;
import io.oriel.wire.storeapi.ExemplarsRequest;
import io.oriel.wire.storeapi.InfoResponse.Service;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.StoreServices;
import io.oriel.wire.storeapi.StreamFrame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;

/// Asks every endpoint that serves rules, targets, metadata or exemplars, at once. Thread-safe.
public final class ServiceFanOut {
  private final Supplier<List<Endpoint>> endpoints;
  private final Duration timeout;

  /// @param timeout how long an endpoint may take to answer
  public ServiceFanOut(Supplier<List<Endpoint>> endpoints, Duration timeout) {
    this.endpoints = endpoints;
    this.timeout = timeout;
  }

  /// What all endpoints answered, unmerged.
  public record Gathered<T>(List<T> values, List<String> warnings) {}

  /// One of the services.
  ///
  /// @param reader of a frame of its answer
  public record Question<T>(
      Service service, ByteBuffer request, Function<ByteBuffer, StreamFrame<T>> reader) {}

  /// Asks the question.
  ///
  /// @throws OrielException of kind UNAVAILABLE when an endpoint does not answer and the strategy
  ///   is ABORT
  public <T> Gathered<T> ask(Question<T> question, PartialResponse strategy)
      throws InterruptedException {
    List<T> values = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    Frames all = frames(question.service(), question.request(), strategy);
    for (ByteBuffer message : all.messages()) {
      StreamFrame<T> frame = question.reader().apply(message);
      frame.value().ifPresent(values::add);
      if (!frame.warning().isEmpty()) {
        warnings.add(frame.warning());
      }
    }
    warnings.addAll(all.warnings());
    return new Gathered<>(values, warnings);
  }

  private record Frames(List<ByteBuffer> messages, List<String> warnings) {}

  private Frames frames(Service service, ByteBuffer request, PartialResponse strategy)
      throws InterruptedException {
    FanOut.Missing missing = new FanOut.Missing(strategy);
    List<ByteBuffer> messages = new ArrayList<>();
    try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Endpoint> asked = new ArrayList<>();
      List<Future<List<ByteBuffer>>> answers = new ArrayList<>();
      for (Endpoint endpoint : endpoints.get()) {
        if (!endpoint.serves(service) || endpoint.client().isEmpty()) {
          continue;
        }
        Optional<ByteBuffer> own = requestTo(endpoint, service, request);
        if (own.isEmpty()) {
          continue;
        }
        if (endpoint.lastError().isPresent()) {
          missing.note(endpoint, endpoint.lastError().get());
          continue;
        }
        asked.add(endpoint);
        GrpcClient client = endpoint.client().get();
        answers.add(calls.submit(() -> call(client, service, own.get())));
      }
      for (int i = 0; i < asked.size(); i++) {
        try {
          messages.addAll(answers.get(i).get());
        } catch (ExecutionException e) {
          missing.note(asked.get(i), e.getCause() == null ? e : e.getCause());
        }
      }
    }
    return new Frames(messages, missing.warnings());
  }

  /// The request for one endpoint; empty when its external labels rule out every series. A single
  /// source answers from series that do not have its external labels yet, and upstream's sidecar
  /// leaves it to its caller to take them out.
  private static Optional<ByteBuffer> requestTo(
      Endpoint endpoint, Service service, ByteBuffer request) {
    if (service != Service.EXEMPLARS || endpoint.labelSets().size() != 1) {
      return Optional.of(request);
    }
    ExemplarsRequest asked = ExemplarsRequest.read(request.duplicate());
    List<List<Matcher>> selectors =
        new ExternalLabels(endpoint.labelSets().getFirst()).innerSelectors(asked.query());
    return selectors.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ExemplarsRequest(
                    ExternalLabels.union(selectors),
                    asked.startMillis(),
                    asked.endMillis(),
                    asked.partialResponse())
                .write());
  }

  private List<ByteBuffer> call(GrpcClient client, Service service, ByteBuffer request)
      throws InterruptedException {
    List<ByteBuffer> messages = new ArrayList<>();
    Rpc rpc = Rpc.of(service);
    try (GrpcStream stream =
        client.stream(rpc.service(), rpc.method(), request.duplicate(), timeout, Map.of())) {
      for (ByteBuffer message = stream.next(); message != null; message = stream.next()) {
        messages.add(message);
      }
    }
    return messages;
  }

  private record Rpc(String service, String method) {
    static Rpc of(Service service) {
      return switch (service) {
        case RULES -> new Rpc(StoreServices.RULES, StoreServices.RULES_CALL);
        case TARGETS -> new Rpc(StoreServices.TARGETS, StoreServices.TARGETS_CALL);
        case METADATA -> new Rpc(StoreServices.METADATA, StoreServices.METADATA_CALL);
        case EXEMPLARS -> new Rpc(StoreServices.EXEMPLARS, StoreServices.EXEMPLARS_CALL);
        case QUERY, STATUS ->
            throw new OrielException(Kind.BUG, service + " is not asked of every endpoint");
      };
    }
  }

  /// The same four services for a query above this one: its callers get the frames of all endpoints
  /// as they are, and merge them.
  public List<GrpcService> services() {
    return List.of(
        relay(Service.RULES),
        relay(Service.TARGETS),
        relay(Service.METADATA),
        relay(Service.EXEMPLARS));
  }

  private GrpcService relay(Service service) {
    Rpc rpc = Rpc.of(service);
    return new GrpcService(
        rpc.service(),
        List.of(new Method(rpc.method(), Shape.SERVER_STREAM, call -> relay(service, call))));
  }

  private void relay(Service service, GrpcCall call) throws InterruptedException {
    Frames frames = frames(service, call.request(), PartialResponse.WARN);
    frames.messages().forEach(call::send);
    for (String warning : frames.warnings()) {
      // all four answers have their warning in the same field
      call.send(RuleGroup.writeFrame(StreamFrame.warning(warning)));
    }
  }
}
