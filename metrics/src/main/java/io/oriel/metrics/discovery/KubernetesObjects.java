package io.oriel.metrics.discovery;

import static io.oriel.metrics.discovery.KubernetesLabels.ADDRESS;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Roles `node`, `service` and `ingress`.
final class KubernetesObjects {
  /** Which of a node's addresses is scraped: the first kind that it has. */
  private static final List<String> ADDRESS_ORDER =
      List.of("InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "LegacyHostIP", "Hostname");

  private static final int KUBELET_PORT_UNKNOWN = 0;

  private final KubernetesPods pods;

  KubernetesObjects(KubernetesPods pods) {
    this.pods = pods;
  }

  TargetGroup group(Node node) {
    String name = node.getMetadata().getName();
    LabelsBuilder labels = new LabelsBuilder();
    if (node.getSpec() != null) {
      KubernetesLabels.set(labels, "node_provider_id", node.getSpec().getProviderID());
    }
    Map<String, String> addresses = new LinkedHashMap<>();
    int port = KUBELET_PORT_UNKNOWN;
    if (node.getStatus() != null) {
      for (var condition : node.getStatus().getConditions()) {
        String type = KubernetesLabels.sanitized(condition.getType().toLowerCase(Locale.ROOT));
        KubernetesLabels.set(
            labels, "node_condition_" + type, condition.getStatus().toLowerCase(Locale.ROOT));
      }
      for (NodeAddress address : node.getStatus().getAddresses()) {
        addresses.putIfAbsent(address.getType(), address.getAddress());
      }
      var daemons = node.getStatus().getDaemonEndpoints();
      if (daemons != null && daemons.getKubeletEndpoint() != null) {
        port = daemons.getKubeletEndpoint().getPort();
      }
    }
    KubernetesLabels.object(labels, node.getMetadata(), "node");
    String best = best(addresses);
    List<Labels> targets = new ArrayList<>();
    if (best != null) {
      LabelsBuilder target =
          new LabelsBuilder()
              .set(ADDRESS, KubernetesLabels.address(best, port))
              .set(LabelName.INSTANCE, name);
      addresses.forEach(
          (type, address) ->
              KubernetesLabels.set(
                  target, "node_address_" + KubernetesLabels.sanitized(type), address));
      targets.add(target.build());
    }
    return new TargetGroup("node/" + name, targets, labels.build());
  }

  private static @Nullable String best(Map<String, String> addresses) {
    for (String type : ADDRESS_ORDER) {
      String address = addresses.get(type);
      if (address != null) {
        return address;
      }
    }
    return null;
  }

  TargetGroup group(Service service) {
    String namespace = service.getMetadata().getNamespace();
    String name = service.getMetadata().getName();
    LabelsBuilder labels = new LabelsBuilder().set(KubernetesLabels.NAMESPACE, namespace);
    KubernetesLabels.object(labels, service.getMetadata(), "service");
    pods.namespace(labels, namespace);
    List<Labels> targets = new ArrayList<>();
    String type = service.getSpec().getType();
    for (ServicePort port : service.getSpec().getPorts()) {
      LabelsBuilder target =
          new LabelsBuilder()
              .set(
                  ADDRESS,
                  KubernetesLabels.address(name + "." + namespace + ".svc", port.getPort()));
      KubernetesLabels.set(target, "service_port_name", port.getName());
      KubernetesLabels.set(target, "service_port_number", port.getPort());
      KubernetesLabels.set(target, "service_port_protocol", port.getProtocol());
      KubernetesLabels.set(target, "service_type", type);
      if ("ExternalName".equals(type)) {
        KubernetesLabels.set(target, "service_external_name", service.getSpec().getExternalName());
      } else {
        KubernetesLabels.set(target, "service_cluster_ip", service.getSpec().getClusterIP());
      }
      if ("LoadBalancer".equals(type)) {
        KubernetesLabels.set(target, "service_loadbalancer_ip", balancers(service));
      }
      targets.add(target.build());
    }
    return new TargetGroup("svc/" + namespace + "/" + name, targets, labels.build());
  }

  private static @Nullable String balancers(Service service) {
    List<String> addresses = new ArrayList<>();
    if (service.getStatus() != null && service.getStatus().getLoadBalancer() != null) {
      for (LoadBalancerIngress one : service.getStatus().getLoadBalancer().getIngress()) {
        if (one.getIp() != null && !one.getIp().isEmpty()) {
          addresses.add(one.getIp());
        }
      }
    }
    return addresses.isEmpty()
        ? service.getSpec().getLoadBalancerIP()
        : String.join(",", addresses);
  }

  TargetGroup group(Ingress ingress) {
    String namespace = ingress.getMetadata().getNamespace();
    LabelsBuilder labels = new LabelsBuilder().set(KubernetesLabels.NAMESPACE, namespace);
    KubernetesLabels.set(labels, "ingress_class_name", ingress.getSpec().getIngressClassName());
    KubernetesLabels.object(labels, ingress.getMetadata(), "ingress");
    pods.namespace(labels, namespace);
    List<Labels> targets = new ArrayList<>();
    for (IngressRule rule : ingress.getSpec().getRules()) {
      String host = rule.getHost() == null ? "" : rule.getHost();
      String scheme = isSecured(ingress, host) ? "https" : "http";
      for (String path : paths(rule)) {
        LabelsBuilder target = new LabelsBuilder().set(ADDRESS, host);
        KubernetesLabels.set(target, "ingress_scheme", scheme);
        KubernetesLabels.set(target, "ingress_host", host);
        KubernetesLabels.set(target, "ingress_path", path);
        targets.add(target.build());
      }
    }
    String source = "ingress/" + namespace + "/" + ingress.getMetadata().getName();
    return new TargetGroup(source, targets, labels.build());
  }

  private static List<String> paths(IngressRule rule) {
    if (rule.getHttp() == null) {
      return List.of("/");
    }
    List<String> paths = new ArrayList<>();
    for (HTTPIngressPath path : rule.getHttp().getPaths()) {
      boolean unsaid = path.getPath() == null || path.getPath().isEmpty();
      paths.add(unsaid ? "/" : path.getPath());
    }
    return paths;
  }

  private static boolean isSecured(Ingress ingress, String host) {
    for (IngressTLS tls : ingress.getSpec().getTls()) {
      for (String pattern : tls.getHosts()) {
        if (matches(pattern, host)) {
          return true;
        }
      }
    }
    return false;
  }

  /// A leading `*` stands for exactly one part of the name.
  private static boolean matches(String pattern, String host) {
    if (pattern.equals(host)) {
      return true;
    }
    String[] wanted = pattern.split("\\.", -1);
    String[] got = host.split("\\.", -1);
    return wanted[0].equals("*")
        && wanted.length == got.length
        && Arrays.equals(wanted, 1, wanted.length, got, 1, got.length);
  }
}
