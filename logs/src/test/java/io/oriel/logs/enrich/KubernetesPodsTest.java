package io.oriel.logs.enrich;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.oriel.logs.parse.FieldTree;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class KubernetesPodsTest {
  @SuppressWarnings("NullAway.Init")
  KubernetesClient client;

  private static Pod pod(String name, String version) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("shop")
        .withUid("u-" + name)
        .addToLabels("app.kubernetes.io/name", "cart")
        .addToLabels("version", version)
        .addToAnnotations("co.elastic.logs/enabled", "true")
        .addNewOwnerReference()
        .withKind("ReplicaSet")
        .withName("cart-5d4f8c7b9c")
        .withApiVersion("apps/v1")
        .withUid("r")
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .withNodeName("node-1")
        .addNewContainer()
        .withName("main")
        .withImage("cart:1")
        .endContainer()
        .endSpec()
        .build();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertTrue(condition.getAsBoolean());
  }

  /// beats #6042: records have no metadata any more when their pod is deleted.
  @Test
  void aPodIsKnownAfterItIsGone() {
    client
        .namespaces()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName("shop")
                .addToLabels("team", "blue")
                .endMetadata()
                .build())
        .create();
    client.pods().inNamespace("shop").resource(pod("cart-1", "1")).create();
    KubernetesPods pods =
        KubernetesPods.start(client, "", Duration.ofHours(1), InstantSource.system());
    await(() -> pods.find("shop", "cart-1").isPresent());
    await(() -> !pods.find("shop", "cart-1").orElseThrow().namespaceLabels().isEmpty());
    client.pods().inNamespace("shop").resource(pod("cart-1", "2")).update();
    await(() -> "2".equals(pods.find("shop", "cart-1").orElseThrow().labels().get("version")));
    client.pods().inNamespace("shop").withName("cart-1").delete();
    client.pods().inNamespace("shop").resource(pod("cart-2", "1")).create();
    await(() -> pods.find("shop", "cart-2").isPresent());

    PodFacts facts = pods.find("shop", "cart-1").orElseThrow();
    Map<String, Object> fields =
        facts.fields(
            ContainerPath.of("/var/log/pods/shop_cart-1_u-cart-1/main/0.log").orElseThrow(),
            new PodFacts.Shape(List.of(), true));
    assertEquals("cart", FieldTree.get(fields, "kubernetes.deployment.name"));
    assertEquals("cart-5d4f8c7b9c", FieldTree.get(fields, "kubernetes.replicaset.name"));
    assertEquals("cart", FieldTree.get(fields, "kubernetes.labels.app_kubernetes_io/name"));
    assertEquals("blue", FieldTree.get(fields, "kubernetes.namespace_labels.team"));
    assertEquals("cart:1", FieldTree.get(fields, "container.image.name"));
    pods.close();
  }

  @Test
  void pathsOfContainerLogs() {
    String id = "ab".repeat(32);
    assertEquals(
        Optional.of(new ContainerPath("shop", "cart-1", "", "main", id)),
        ContainerPath.of("/var/log/containers/cart-1_shop_main-" + id + ".log"));
    assertEquals(
        Optional.of(new ContainerPath("shop", "cart-1", "u1", "main", "")),
        ContainerPath.of("/var/log/pods/shop_cart-1_u1/main/0.log.20240101-000000.gz"));
    assertEquals(Optional.empty(), ContainerPath.of("/var/log/syslog"));
  }

  @Test
  void hintsOfOneContainerWin() {
    Hints hints =
        Hints.of(
            Map.of(
                "co.elastic.logs/enabled", "false",
                "co.elastic.logs.main/enabled", "true",
                "co.elastic.logs.main/multiline.pattern", "^\\[",
                "co.elastic.logs.main/multiline.negate", "true",
                "co.elastic.logs/json.keys_under_root", "true",
                "co.elastic.logs/exclude_lines", "['^DBG', 'noise']",
                "co.elastic.logs/module", "nginx"),
            "main");

    assertEquals(Optional.of(true), hints.enabled());
    assertEquals(3, hints.parsers().size());
    assertEquals(List.of("hint co.elastic.logs/module is not supported"), hints.problems());
    assertEquals(
        Optional.of(false), Hints.of(Map.of("co.elastic.logs/enabled", "false"), "side").enabled());
  }
}
