package io.oriel.metrics.discovery;

import static io.oriel.metrics.discovery.KubernetesLabels.ADDRESS;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.oriel.metrics.config.DiscoveryConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Role `pod`, and what the endpoint roles tell of the pods behind an address.
final class KubernetesPods {
  private final KubernetesStores stores;
  private final DiscoveryConfig.Attach attach;

  KubernetesPods(KubernetesStores stores, DiscoveryConfig.Attach attach) {
    this.stores = stores;
    this.attach = attach;
  }

  TargetGroup group(Pod pod) {
    String namespace = pod.getMetadata().getNamespace();
    String source = "pod/" + namespace + "/" + pod.getMetadata().getName();
    String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
    // A pod has no address while it starts or after it was evicted. One on a node that is not
    // mirrored was left out by a selector on nodes.
    boolean onKnownNode =
        !attach.node() || stores.nodes.find("", pod.getSpec().getNodeName()) != null;
    if (ip == null || ip.isEmpty() || !onKnownNode) {
      return new TargetGroup(source, List.of(), Labels.empty());
    }
    LabelsBuilder labels = new LabelsBuilder();
    pod(labels, pod);
    labels.set(KubernetesLabels.NAMESPACE, namespace);
    node(labels, pod.getSpec().getNodeName());
    namespace(labels, namespace);
    List<Labels> targets = new ArrayList<>();
    containers(pod, (container, init) -> container(targets, pod, ip, container, init));
    return new TargetGroup(source, targets, labels.build());
  }

  private static void container(
      List<Labels> targets, Pod pod, String ip, Container container, boolean init) {
    String id = containerId(pod, container.getName(), init);
    if (container.getPorts().isEmpty()) {
      LabelsBuilder target = new LabelsBuilder().set(ADDRESS, ip);
      name(target, container, init);
      KubernetesLabels.set(target, "pod_container_id", id);
      targets.add(target.build());
      return;
    }
    for (ContainerPort port : container.getPorts()) {
      LabelsBuilder target =
          new LabelsBuilder().set(ADDRESS, KubernetesLabels.address(ip, port.getContainerPort()));
      name(target, container, init);
      port(target, port, port.getProtocol());
      KubernetesLabels.set(target, "pod_container_id", id);
      targets.add(target.build());
    }
  }

  private static void name(LabelsBuilder into, Container container, boolean init) {
    KubernetesLabels.set(into, "pod_container_name", container.getName());
    KubernetesLabels.set(into, "pod_container_image", container.getImage());
    KubernetesLabels.set(into, "pod_container_init", init);
  }

  private static void port(LabelsBuilder into, ContainerPort port, @Nullable String protocol) {
    KubernetesLabels.set(into, "pod_container_port_name", port.getName());
    KubernetesLabels.set(into, "pod_container_port_number", port.getContainerPort());
    KubernetesLabels.set(into, "pod_container_port_protocol", protocol);
  }

  private static void containers(Pod pod, BiConsumer<Container, Boolean> each) {
    pod.getSpec().getContainers().forEach(container -> each.accept(container, false));
    pod.getSpec().getInitContainers().forEach(container -> each.accept(container, true));
  }

  private static @Nullable String containerId(Pod pod, String name, boolean init) {
    List<ContainerStatus> statuses =
        init ? pod.getStatus().getInitContainerStatuses() : pod.getStatus().getContainerStatuses();
    for (ContainerStatus status : statuses) {
      if (status.getName().equals(name)) {
        return status.getContainerID();
      }
    }
    return null;
  }

  /// What is told of a pod wherever it occurs.
  void pod(LabelsBuilder into, Pod pod) {
    if (pod.getStatus() != null) {
      KubernetesLabels.set(into, "pod_ip", pod.getStatus().getPodIP());
      KubernetesLabels.set(into, "pod_phase", pod.getStatus().getPhase());
      KubernetesLabels.set(into, "pod_host_ip", pod.getStatus().getHostIP());
    }
    KubernetesLabels.set(into, "pod_ready", ready(pod));
    KubernetesLabels.set(into, "pod_node_name", pod.getSpec().getNodeName());
    KubernetesLabels.set(into, "pod_uid", pod.getMetadata().getUid());
    KubernetesLabels.object(into, pod.getMetadata(), "pod");
    OwnerReference owner = KubernetesLabels.controller(pod);
    if (owner != null) {
      KubernetesLabels.set(into, "pod_controller_kind", owner.getKind());
      KubernetesLabels.set(into, "pod_controller_name", owner.getName());
      owners(into, pod.getMetadata().getNamespace(), owner);
    }
  }

  private void owners(LabelsBuilder into, String namespace, OwnerReference owner) {
    switch (owner.getKind()) {
      case "ReplicaSet" -> {
        if (attach.deployment()) {
          of(stores.replicaSets.find(namespace, owner.getName()), "Deployment", into, "deployment");
        }
      }
      case "Job" -> {
        if (attach.job()) {
          KubernetesLabels.set(into, "pod_job_name", owner.getName());
        }
        if (attach.cronJob()) {
          of(stores.jobs.find(namespace, owner.getName()), "CronJob", into, "cronjob");
        }
      }
      default -> {
        // other controllers are told by kind and name only
      }
    }
  }

  private static void of(
      @Nullable HasMetadata owned, String kind, LabelsBuilder into, String word) {
    OwnerReference owner = owned == null ? null : KubernetesLabels.controller(owned);
    if (owner != null && owner.getKind().equals(kind)) {
      KubernetesLabels.set(into, "pod_" + word + "_name", owner.getName());
    }
  }

  private static String ready(Pod pod) {
    if (pod.getStatus() != null) {
      for (var condition : pod.getStatus().getConditions()) {
        if (condition.getType().equals("Ready")) {
          return condition.getStatus().toLowerCase(Locale.ROOT);
        }
      }
    }
    return "unknown";
  }

  /// What is told of the node, if nodes are attached and it is known.
  void node(LabelsBuilder into, @Nullable String name) {
    if (attach.node()) {
      Node node = stores.nodes.find("", name);
      if (node != null) {
        KubernetesLabels.object(into, node.getMetadata(), "node");
      }
    }
  }

  /// What is told of the namespace, if namespaces are attached and it is known.
  void namespace(LabelsBuilder into, String name) {
    if (attach.namespace()) {
      Namespace namespace = stores.namespaces.find("", name);
      if (namespace != null) {
        KubernetesLabels.labelsAndAnnotations(into, namespace.getMetadata(), "namespace");
      }
    }
  }

  /// The container of {@code pod} that listens on {@code port}, if any.
  static void containerAt(
      LabelsBuilder into, Pod pod, @Nullable Integer port, @Nullable String protocol) {
    containers(
        pod,
        (container, init) -> {
          for (ContainerPort own : container.getPorts()) {
            if (own.getContainerPort().equals(port)) {
              name(into, container, init);
              port(into, own, protocol == null ? own.getProtocol() : protocol);
              return;
            }
          }
        });
  }

  /// A target for every container port of {@code pod} that is not in {@code seen}.
  void remainingPorts(List<Labels> targets, Pod pod, Set<Integer> seen) {
    String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
    if (ip == null || ip.isEmpty()) {
      return;
    }
    containers(
        pod,
        (container, init) -> {
          for (ContainerPort port : container.getPorts()) {
            if (!seen.contains(port.getContainerPort())) {
              LabelsBuilder target =
                  new LabelsBuilder()
                      .set(ADDRESS, KubernetesLabels.address(ip, port.getContainerPort()));
              name(target, container, init);
              port(target, port, port.getProtocol());
              pod(target, pod);
              targets.add(target.build());
            }
          }
        });
  }
}
