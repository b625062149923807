package io.oriel.metrics.discovery;

import static io.oriel.metrics.discovery.KubernetesLabels.ADDRESS;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Roles `endpoints` and `endpointslice`: the addresses of services, and the other ports of the
/// pods behind them.
final class KubernetesEndpoints {
  private static final String SERVICE_NAME = "kubernetes.io/service-name";
  private static final Set<String> DUAL_STACK = Set.of("PreferDualStack", "RequireDualStack");

  private final KubernetesStores stores;
  private final KubernetesPods pods;

  KubernetesEndpoints(KubernetesStores stores, KubernetesPods pods) {
    this.stores = stores;
    this.pods = pods;
  }

  /// The pods met so far in one group, and the ports that have a target already.
  private final class Group {
    private final List<Labels> targets = new ArrayList<>();
    private final Map<String, Pod> met = new LinkedHashMap<>();
    private final Map<String, Set<Integer>> ports = new LinkedHashMap<>();

    void add(
        LabelsBuilder target,
        @Nullable ObjectReference reference,
        @Nullable Integer port,
        @Nullable String protocol) {
      Pod pod = null;
      if (reference != null && "Pod".equals(reference.getKind())) {
        pod = stores.pods.find(String.valueOf(reference.getNamespace()), reference.getName());
      }
      if (pod != null) {
        String key = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
        met.put(key, pod);
        Set<Integer> seen = ports.computeIfAbsent(key, _ -> new HashSet<>());
        if (port != null) {
          seen.add(port);
        }
        pods.pod(target, pod);
        KubernetesPods.containerAt(target, pod, port, protocol);
      }
      targets.add(target.build());
    }

    TargetGroup finish(String source, Labels labels) {
      met.forEach(
          (key, pod) -> pods.remainingPorts(targets, pod, ports.getOrDefault(key, Set.of())));
      return new TargetGroup(source, targets, labels);
    }
  }

  TargetGroup group(Endpoints endpoints) {
    String namespace = endpoints.getMetadata().getNamespace();
    String name = endpoints.getMetadata().getName();
    LabelsBuilder labels = new LabelsBuilder().set(KubernetesLabels.NAMESPACE, namespace);
    service(labels, stores.services.find(namespace, name));
    KubernetesLabels.object(labels, endpoints.getMetadata(), "endpoints");
    pods.namespace(labels, namespace);
    Group group = new Group();
    for (EndpointSubset subset : endpoints.getSubsets()) {
      for (EndpointPort port : subset.getPorts()) {
        subset.getAddresses().forEach(address -> add(group, address, port, true));
        subset.getNotReadyAddresses().forEach(address -> add(group, address, port, false));
      }
    }
    return group.finish("endpoints/" + namespace + "/" + name, labels.build());
  }

  private void add(Group group, EndpointAddress address, EndpointPort port, boolean ready) {
    LabelsBuilder target =
        new LabelsBuilder().set(ADDRESS, KubernetesLabels.address(address.getIp(), port.getPort()));
    KubernetesLabels.set(target, "endpoint_port_name", port.getName());
    KubernetesLabels.set(target, "endpoint_port_protocol", port.getProtocol());
    KubernetesLabels.set(target, "endpoint_ready", ready);
    KubernetesLabels.set(target, "endpoint_node_name", address.getNodeName());
    KubernetesLabels.set(target, "endpoint_hostname", address.getHostname());
    ObjectReference reference = address.getTargetRef();
    if (reference != null) {
      KubernetesLabels.set(target, "endpoint_address_target_kind", reference.getKind());
      KubernetesLabels.set(target, "endpoint_address_target_name", reference.getName());
    }
    boolean isNode = reference != null && "Node".equals(reference.getKind());
    pods.node(
        target,
        address.getNodeName() == null && isNode ? reference.getName() : address.getNodeName());
    group.add(target, reference, port.getPort(), port.getProtocol());
  }

  private static void service(LabelsBuilder into, @Nullable Service service) {
    if (service != null) {
      KubernetesLabels.object(into, service.getMetadata(), "service");
    }
  }

  TargetGroup group(EndpointSlice slice) {
    String namespace = slice.getMetadata().getNamespace();
    String source = "endpointslice/" + namespace + "/" + slice.getMetadata().getName();
    LabelsBuilder labels = new LabelsBuilder().set(KubernetesLabels.NAMESPACE, namespace);
    KubernetesLabels.set(labels, "endpointslice_address_type", slice.getAddressType());
    KubernetesLabels.object(labels, slice.getMetadata(), "endpointslice");
    Map<String, String> own = slice.getMetadata().getLabels();
    Service service = own == null ? null : stores.services.find(namespace, own.get(SERVICE_NAME));
    service(labels, service);
    pods.namespace(labels, namespace);
    if (isSecondFamily(service, slice)) {
      return new TargetGroup(source, List.of(), labels.build());
    }
    Group group = new Group();
    for (Endpoint endpoint : slice.getEndpoints()) {
      for (var port : slice.getPorts()) {
        for (String address : endpoint.getAddresses()) {
          add(group, address, endpoint, port);
        }
      }
    }
    return group.finish(source, labels.build());
  }

  /// A dual-stack service has slices of both families; one of them is enough.
  private static boolean isSecondFamily(@Nullable Service service, EndpointSlice slice) {
    if (service == null || service.getSpec() == null) {
      return false;
    }
    String policy = service.getSpec().getIpFamilyPolicy();
    List<String> families = service.getSpec().getIpFamilies();
    return policy != null
        && DUAL_STACK.contains(policy)
        && !families.isEmpty()
        && !families.getFirst().equals(slice.getAddressType());
  }

  private void add(
      Group group,
      String address,
      Endpoint endpoint,
      io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort port) {
    Integer number = port.getPort();
    LabelsBuilder target =
        new LabelsBuilder()
            .set(ADDRESS, number == null ? address : KubernetesLabels.address(address, number));
    KubernetesLabels.set(target, "endpointslice_port_name", port.getName());
    KubernetesLabels.set(target, "endpointslice_port_protocol", port.getProtocol());
    KubernetesLabels.set(target, "endpointslice_port", number);
    KubernetesLabels.set(target, "endpointslice_port_app_protocol", port.getAppProtocol());
    String prefix = "endpointslice_endpoint_";
    if (endpoint.getConditions() != null) {
      var conditions = endpoint.getConditions();
      KubernetesLabels.set(target, prefix + "conditions_ready", conditions.getReady());
      KubernetesLabels.set(target, prefix + "conditions_serving", conditions.getServing());
      KubernetesLabels.set(target, prefix + "conditions_terminating", conditions.getTerminating());
    }
    KubernetesLabels.set(target, prefix + "hostname", endpoint.getHostname());
    KubernetesLabels.set(target, prefix + "node_name", endpoint.getNodeName());
    KubernetesLabels.set(target, prefix + "zone", endpoint.getZone());
    if (endpoint.getDeprecatedTopology() != null) {
      endpoint
          .getDeprecatedTopology()
          .forEach(
              (key, value) -> {
                String name = KubernetesLabels.sanitized(key);
                KubernetesLabels.set(target, prefix + "topology_" + name, value);
                KubernetesLabels.set(target, prefix + "topology_present_" + name, true);
              });
    }
    ObjectReference reference = endpoint.getTargetRef();
    if (reference != null) {
      KubernetesLabels.set(target, "endpointslice_address_target_kind", reference.getKind());
      KubernetesLabels.set(target, "endpointslice_address_target_name", reference.getName());
    }
    boolean isNode = reference != null && "Node".equals(reference.getKind());
    pods.node(target, isNode ? reference.getName() : endpoint.getNodeName());
    group.add(target, reference, number, null);
  }
}
