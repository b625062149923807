package io.oriel.metrics.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.labels.Labels;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Every role against the mock of an API server that fabric8 ships.
class KubernetesDiscoveryTest {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: shop-1
        namespace: web
        labels: {app.kubernetes.io/name: shop}
        ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: shop-rs, uid: r, controller: true}]
      spec:
        nodeName: node-a
        containers:
          - name: main
            image: shop:1
            ports: [{name: http, containerPort: 80, protocol: TCP}, {name: admin, containerPort: 81, protocol: TCP}]
        initContainers: [{name: setup, image: setup:1}]
      status:
        phase: Running
        podIP: 10.0.0.1
        hostIP: 192.168.0.1
        conditions: [{type: Ready, status: "True"}]
        containerStatuses: [{name: main, containerID: "docker://1", image: "", imageID: "", ready: true, restartCount: 0}]
      """;
  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: shop, namespace: web, annotations: {prometheus.io/scrape: "yes"}}
      spec:
        type: LoadBalancer
        clusterIP: 10.1.0.1
        ports: [{name: http, port: 8080, protocol: TCP}]
      status: {loadBalancer: {ingress: [{ip: 1.2.3.4}, {ip: 5.6.7.8}]}}
      """;
  private static final String NODE =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: node-a, labels: {zone: z1}}
      spec: {providerID: "aws:///i-1"}
      status:
        addresses: [{type: Hostname, address: host-a}, {type: InternalIP, address: "fd00::1"}]
        conditions: [{type: Ready, status: "True"}, {type: MemoryPressure, status: "False"}]
        daemonEndpoints: {kubeletEndpoint: {Port: 10250}}
      """;

  /** Shared and left running: the mock waits ten seconds for watches that were closed already. */
  private static final KubernetesMockServer SERVER =
      new KubernetesMockServer(
          new Context(),
          new MockWebServer(),
          new HashMap<>(),
          new KubernetesCrudDispatcher(),
          false);

  private KubernetesClient admin;
  private @Nullable Discoveries running;

  @BeforeAll
  static void startServer() {
    SERVER.init();
  }

  @BeforeEach
  void start() {
    SERVER.reset();
    admin = patientClient();
    create(POD, SERVICE, NODE);
  }

  /// A busy machine makes the mock slow, and a repeated request finds its first one's object.
  private static KubernetesClient patientClient() {
    try (KubernetesClient given = SERVER.createClient()) {
      return new KubernetesClientBuilder()
          .withConfig(
              new ConfigBuilder(given.getConfiguration()).withRequestTimeout(60_000).build())
          .build();
    }
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
    admin.close();
  }

  private void create(String... manifests) {
    for (String manifest : manifests) {
      for (HasMetadata item :
          admin.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8))).items()) {
        admin.resource(item).create();
      }
    }
  }

  private void discover(String settings) throws IOException {
    String yaml =
        """
        scrape_configs:
          - job_name: k
            kubernetes_sd_configs:
              - api_server: http://%s:%d
        """
                .formatted(SERVER.getHostName(), SERVER.getPort())
            + settings.indent(8);
    PrometheusConfig config =
        PrometheusConfig.parse(Path.of("p.yml").toAbsolutePath(), yaml, _ -> "");
    running =
        Discoveries.start(
            "k",
            "scrape",
            config.scrapeConfigs().getFirst().discovery(),
            new Discoveries.Environment(
                new DiscoveryMetrics(new PrometheusRegistry()),
                Thread::sleep,
                System::nanoTime,
                "test"),
            () -> {});
  }

  /// The mock gives out uids of its own.
  private static List<Labels> withoutUid(List<Labels> targets) {
    return targets.stream().map(KubernetesDiscoveryTest::withoutUid).toList();
  }

  private static Labels withoutUid(Labels labels) {
    return labels.without(List.of("__meta_kubernetes_pod_uid"));
  }

  private List<TargetGroup> await(Predicate<List<TargetGroup>> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (true) {
      List<TargetGroup> groups = running == null ? List.of() : running.groups();
      if (wanted.test(groups)) {
        return groups;
      }
      assertTrue(System.nanoTime() < deadline, "not found in time: " + groups);
      Thread.sleep(20);
    }
  }

  private TargetGroup awaitOne() throws InterruptedException {
    return await(groups -> groups.size() == 1).getFirst();
  }

  private static Labels kubernetes(String... pairs) {
    String[] full = pairs.clone();
    for (int i = 0; i < full.length; i += 2) {
      boolean own = full[i].startsWith("__") || full[i].equals("instance");
      full[i] = own ? full[i] : "__meta_kubernetes_" + full[i];
    }
    return Labels.of(full);
  }

  private static final String[] POD_LABELS = {
    "pod_name", "shop-1",
    "pod_ip", "10.0.0.1",
    "pod_phase", "Running",
    "pod_ready", "true",
    "pod_host_ip", "192.168.0.1",
    "pod_node_name", "node-a",
    "pod_controller_kind", "ReplicaSet",
    "pod_controller_name", "shop-rs",
    "pod_label_app_kubernetes_io_name", "shop",
    "pod_labelpresent_app_kubernetes_io_name", "true"
  };

  private static String[] podAnd(String... more) {
    String[] all = java.util.Arrays.copyOf(POD_LABELS, POD_LABELS.length + more.length);
    System.arraycopy(more, 0, all, POD_LABELS.length, more.length);
    return all;
  }

  @Test
  void findsPodsByContainerAndPort() throws Exception {
    discover("role: pod");

    TargetGroup group = awaitOne();

    assertEquals(kubernetes(podAnd("namespace", "web")), withoutUid(group.labels()));
    assertTrue(group.labels().has("__meta_kubernetes_pod_uid"));
    assertEquals(
        List.of(
            kubernetes(
                "__address__", "10.0.0.1:80",
                "pod_container_name", "main",
                "pod_container_image", "shop:1",
                "pod_container_id", "docker://1",
                "pod_container_init", "false",
                "pod_container_port_name", "http",
                "pod_container_port_number", "80",
                "pod_container_port_protocol", "TCP"),
            kubernetes(
                "__address__", "10.0.0.1:81",
                "pod_container_name", "main",
                "pod_container_image", "shop:1",
                "pod_container_id", "docker://1",
                "pod_container_init", "false",
                "pod_container_port_name", "admin",
                "pod_container_port_number", "81",
                "pod_container_port_protocol", "TCP"),
            kubernetes(
                "__address__", "10.0.0.1",
                "pod_container_name", "setup",
                "pod_container_image", "setup:1",
                "pod_container_init", "true")),
        group.targets());
  }

  @Test
  void attachesNodeNamespaceAndDeployment() throws Exception {
    create(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: web, labels: {team: a}}
        """,
        """
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata:
          name: shop-rs
          namespace: web
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: shop, uid: d, controller: true}]
        """);
    discover("role: pod\nattach_metadata: {node: true, namespace: true, deployment: true}");

    Labels labels = awaitOne().labels();

    assertEquals("z1", labels.get("__meta_kubernetes_node_label_zone"));
    assertEquals("node-a", labels.get("__meta_kubernetes_node_name"));
    assertEquals("a", labels.get("__meta_kubernetes_namespace_label_team"));
    assertEquals("shop", labels.get("__meta_kubernetes_pod_deployment_name"));
  }

  @Test
  void followsChanges() throws Exception {
    discover("role: pod");
    awaitOne();

    create(POD.replace("shop-1", "shop-2").replace("10.0.0.1", "10.0.0.2"));
    await(groups -> groups.size() == 2);
    admin.pods().inNamespace("web").withName("shop-1").delete();

    await(
        groups ->
            groups.size() == 1
                && groups.getFirst().labels().get("__meta_kubernetes_pod_name").equals("shop-2"));
  }

  @Test
  void looksOnlyWhereItIsTold() throws Exception {
    create(
        POD.replace("namespace: web", "namespace: other"),
        POD.replace("shop-1", "shop-2")
            .replace("namespace: web", "namespace: other")
            .replace("app.kubernetes.io/name: shop", "app.kubernetes.io/name: cart"));
    discover(
        """
        role: pod
        namespaces: {names: [other]}
        selectors: [{role: pod, label: "app.kubernetes.io/name=cart"}]
        """);

    assertEquals("shop-2", awaitOne().labels().get("__meta_kubernetes_pod_name"));
  }

  @Test
  void findsServices() throws Exception {
    discover("role: service");

    TargetGroup group = awaitOne();

    assertEquals(
        kubernetes(
            "namespace", "web",
            "service_name", "shop",
            "service_annotation_prometheus_io_scrape", "yes",
            "service_annotationpresent_prometheus_io_scrape", "true"),
        group.labels());
    assertEquals(
        List.of(
            kubernetes(
                "__address__", "shop.web.svc:8080",
                "service_cluster_ip", "10.1.0.1",
                "service_loadbalancer_ip", "1.2.3.4,5.6.7.8",
                "service_port_name", "http",
                "service_port_number", "8080",
                "service_port_protocol", "TCP",
                "service_type", "LoadBalancer")),
        group.targets());
  }

  @Test
  void findsNodes() throws Exception {
    discover("role: node");

    TargetGroup group = awaitOne();

    assertEquals(
        kubernetes(
            "node_name", "node-a",
            "node_provider_id", "aws:///i-1",
            "node_label_zone", "z1",
            "node_labelpresent_zone", "true",
            "node_condition_ready", "true",
            "node_condition_memorypressure", "false"),
        group.labels());
    assertEquals(
        List.of(
            kubernetes(
                "__address__", "[fd00::1]:10250",
                "instance", "node-a",
                "node_address_Hostname", "host-a",
                "node_address_InternalIP", "fd00::1")),
        group.targets());
  }

  @Test
  void findsEndpointsAndTheOtherPortsOfTheirPods() throws Exception {
    create(
        """
        apiVersion: v1
        kind: Endpoints
        metadata: {name: shop, namespace: web}
        subsets:
          - addresses: [{ip: 10.0.0.1, nodeName: node-a, targetRef: {kind: Pod, name: shop-1, namespace: web}}]
            notReadyAddresses: [{ip: 10.9.9.9}]
            ports: [{name: http, port: 80, protocol: TCP}]
        """);
    discover("role: endpoints");

    TargetGroup group = await(g -> g.size() == 1 && g.getFirst().targets().size() == 3).getFirst();

    assertEquals(
        "yes", group.labels().get("__meta_kubernetes_service_annotation_prometheus_io_scrape"));
    assertEquals("shop", group.labels().get("__meta_kubernetes_endpoints_name"));
    assertEquals(
        List.of(
            kubernetes(
                podAnd(
                    "__address__", "10.0.0.1:80",
                    "endpoint_address_target_kind", "Pod",
                    "endpoint_address_target_name", "shop-1",
                    "endpoint_node_name", "node-a",
                    "endpoint_port_name", "http",
                    "endpoint_port_protocol", "TCP",
                    "endpoint_ready", "true",
                    "pod_container_name", "main",
                    "pod_container_image", "shop:1",
                    "pod_container_init", "false",
                    "pod_container_port_name", "http",
                    "pod_container_port_number", "80",
                    "pod_container_port_protocol", "TCP")),
            kubernetes(
                "__address__", "10.9.9.9:80",
                "endpoint_port_name", "http",
                "endpoint_port_protocol", "TCP",
                "endpoint_ready", "false"),
            kubernetes(
                podAnd(
                    "__address__", "10.0.0.1:81",
                    "pod_container_name", "main",
                    "pod_container_image", "shop:1",
                    "pod_container_init", "false",
                    "pod_container_port_name", "admin",
                    "pod_container_port_number", "81",
                    "pod_container_port_protocol", "TCP"))),
        withoutUid(group.targets()));
  }

  @Test
  void findsEndpointSlices() throws Exception {
    create(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: shop-x, namespace: web, labels: {kubernetes.io/service-name: shop}}
        addressType: IPv4
        endpoints:
          - addresses: [10.7.7.7]
            nodeName: node-a
            zone: z1
            conditions: {ready: true, serving: true, terminating: false}
        ports: [{name: http, port: 80, protocol: TCP, appProtocol: h2}]
        """);
    discover("role: endpointslice\nattach_metadata: {node: true}");

    TargetGroup group = awaitOne();

    assertEquals("IPv4", group.labels().get("__meta_kubernetes_endpointslice_address_type"));
    assertEquals("shop", group.labels().get("__meta_kubernetes_service_name"));
    assertEquals(
        List.of(
            kubernetes(
                "__address__", "10.7.7.7:80",
                "endpointslice_endpoint_conditions_ready", "true",
                "endpointslice_endpoint_conditions_serving", "true",
                "endpointslice_endpoint_conditions_terminating", "false",
                "endpointslice_endpoint_node_name", "node-a",
                "endpointslice_endpoint_zone", "z1",
                "endpointslice_port", "80",
                "endpointslice_port_app_protocol", "h2",
                "endpointslice_port_name", "http",
                "endpointslice_port_protocol", "TCP",
                "node_name", "node-a",
                "node_label_zone", "z1",
                "node_labelpresent_zone", "true")),
        group.targets());
  }

  @Test
  void findsIngresses() throws Exception {
    create(
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: shop, namespace: web}
        spec:
          ingressClassName: nginx
          tls: [{hosts: ["*.example.org"]}]
          rules:
            - host: shop.example.org
              http: {paths: [{path: /a, pathType: Prefix, backend: {service: {name: s, port: {number: 1}}}}]}
            - host: plain.org
        """);
    discover("role: ingress");

    TargetGroup group = awaitOne();

    assertEquals(
        kubernetes("namespace", "web", "ingress_name", "shop", "ingress_class_name", "nginx"),
        group.labels());
    assertEquals(
        List.of(
            kubernetes(
                "__address__", "shop.example.org",
                "ingress_host", "shop.example.org",
                "ingress_path", "/a",
                "ingress_scheme", "https"),
            kubernetes(
                "__address__", "plain.org",
                "ingress_host", "plain.org",
                "ingress_path", "/",
                "ingress_scheme", "http")),
        group.targets());
  }
}
