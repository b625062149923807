package io.oriel.federation.store;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.series.ExemplarQueryable.SeriesExemplars;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.GrpcService.Handler;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.oriel.wire.storeapi.ExemplarsRequest;
import io.oriel.wire.storeapi.InfoResponse.Service;
import io.oriel.wire.storeapi.MetadataRequest;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RulesRequest;
import io.oriel.wire.storeapi.StoreServices;
import io.oriel.wire.storeapi.StreamFrame;
import io.oriel.wire.storeapi.TargetDiscovery;
import io.oriel.wire.storeapi.TargetDiscovery.ActiveTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Serves {@link Facts} over gRPC as Thanos' Rules, Targets, Metadata and Exemplars. Everything
/// that has labels gets the external ones, in place of its own of the same name.
public final class FactsService {
  private final Facts facts;
  private final Supplier<Labels> externalLabels;

  private FactsService(Facts facts, Supplier<Labels> externalLabels) {
    this.facts = facts;
    this.externalLabels = externalLabels;
  }

  /// The services of {@code facts}.
  ///
  /// @param externalLabels may change with the config
  public static List<GrpcService> of(Facts facts, Supplier<Labels> externalLabels) {
    FactsService service = new FactsService(facts, externalLabels);
    return List.of(
        stream(StoreServices.RULES, StoreServices.RULES_CALL, service::rules),
        stream(StoreServices.TARGETS, StoreServices.TARGETS_CALL, service::targets),
        stream(StoreServices.METADATA, StoreServices.METADATA_CALL, service::metadata),
        stream(StoreServices.EXEMPLARS, StoreServices.EXEMPLARS_CALL, service::exemplars));
  }

  /// What an endpoint with these services tells that it has.
  public static EnumSet<Service> names() {
    return EnumSet.of(Service.RULES, Service.TARGETS, Service.METADATA, Service.EXEMPLARS);
  }

  private static GrpcService stream(String service, String method, Handler handler) {
    return new GrpcService(service, List.of(new Method(method, Shape.SERVER_STREAM, handler)));
  }

  private ExternalLabels external() {
    return new ExternalLabels(externalLabels.get());
  }

  private void rules(GrpcCall call) throws IOException {
    RulesRequest request = RulesRequest.read(call.request());
    RuleFilter filter = new RuleFilter(request);
    ExternalLabels external = external();
    List<RuleGroup> shown = new ArrayList<>();
    for (RuleGroup group : facts.rules(request.type())) {
      shown.add(
          group.withRules(
              group.rules().stream()
                  .<RuleGroup.Rule>map(
                      rule -> rule.withLabels(external.on(rule.labels(), Set.of())))
                  .toList()));
    }
    for (RuleGroup group : filter.of(shown)) {
      call.send(RuleGroup.writeFrame(StreamFrame.of(group)));
    }
  }

  private void targets(GrpcCall call) throws IOException {
    ExternalLabels external = external();
    TargetDiscovery own = facts.targets(TargetDiscovery.readRequest(call.request()));
    List<ActiveTarget> active =
        own.active().stream()
            .map(
                target ->
                    target.withLabels(
                        external.on(target.discoveredLabels(), Set.of()),
                        external.on(target.labels(), Set.of())))
            .toList();
    List<Labels> dropped =
        own.dropped().stream().map(labels -> external.on(labels, Set.of())).toList();
    call.send(TargetDiscovery.writeFrame(StreamFrame.of(new TargetDiscovery(active, dropped))));
  }

  private void metadata(GrpcCall call) throws IOException {
    MetadataRequest request = MetadataRequest.read(call.request());
    Map<String, List<MetricMetadata>> all = new TreeMap<>(facts.metadata(request.metric()));
    if (request.limit() >= 0) {
      List<String> names = new ArrayList<>(all.keySet());
      all.keySet().retainAll(Set.copyOf(names.subList(0, Math.min(request.limit(), names.size()))));
    }
    call.send(MetadataRequest.writeFrame(StreamFrame.of(all)));
  }

  /// A query above may have left the matchers of external labels in the selectors or not.
  private void exemplars(GrpcCall call) throws IOException {
    ExemplarsRequest request = ExemplarsRequest.read(call.request());
    if (request.endMillis() < request.startMillis()) {
      throw OrielException.invalid("end timestamp must not be before start timestamp");
    }
    ExternalLabels external = external();
    List<List<Matcher>> selectors = external.innerSelectors(request.query());
    if (selectors.isEmpty()) {
      return;
    }
    for (SeriesExemplars found :
        facts.exemplars(request.startMillis(), request.endMillis(), selectors)) {
      call.send(
          ExemplarsRequest.writeFrame(
              StreamFrame.of(
                  new SeriesExemplars(external.on(found.series(), Set.of()), found.exemplars()))));
    }
  }
}
