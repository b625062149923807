package io.oriel.metrics.discovery;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.oriel.metrics.config.DiscoveryConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Targets in a Kubernetes cluster, by watching its API.
///
/// Watches keep mirrors of the objects; after a change, and a short pause in which more changes may
/// come, all groups are made anew from the mirrors and those that differ are told. So a change of a
/// pod, a node or a namespace needs no bookkeeping of what depends on it.
final class KubernetesDiscovery implements Discovery {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesDiscovery.class);
  private static final Path OWN_NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");
  private static final long GATHER_MILLIS = 250;
  private static final long SYNC_CHECK_MILLIS = 50;

  private final DiscoveryConfig.Kubernetes config;
  private final DiscoveryMetrics metrics;
  private final Pause pause;

  KubernetesDiscovery(DiscoveryConfig.Kubernetes config, DiscoveryMetrics metrics, Pause pause) {
    this.config = config;
    this.metrics = metrics;
    this.pause = pause;
  }

  @Override
  public void run(TargetGroupSink sink) throws InterruptedException {
    Semaphore changes = new Semaphore(0);
    List<String> namespaces;
    KubernetesClient opened;
    try {
      namespaces = namespaces();
      opened = KubernetesAccess.open(config);
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue("role", config.role())
          .addKeyValue("reason", e.getMessage())
          .log("cannot reach Kubernetes; the job gets no targets from it");
      return;
    }
    try (KubernetesClient client = opened;
        KubernetesStores stores =
            new KubernetesStores(client, config, namespaces, metrics, changes::release)) {
      stores.start();
      while (!stores.isComplete()) {
        pause.sleep(SYNC_CHECK_MILLIS);
      }
      Map<String, TargetGroup> told = new LinkedHashMap<>();
      while (true) {
        changes.drainPermits();
        told = tell(groups(stores), told, sink);
        changes.acquire();
        pause.sleep(GATHER_MILLIS);
      }
    }
  }

  private List<String> namespaces() throws IOException {
    Set<String> names = new LinkedHashSet<>(config.namespaces());
    if (config.ownNamespace()) {
      names.add(Files.readString(OWN_NAMESPACE).strip());
    }
    return List.copyOf(names);
  }

  private static Map<String, TargetGroup> tell(
      List<TargetGroup> groups, Map<String, TargetGroup> before, TargetGroupSink sink) {
    Map<String, TargetGroup> now = new LinkedHashMap<>();
    for (TargetGroup group : groups) {
      now.put(group.source(), group);
      if (!group.equals(before.get(group.source()))) {
        sink.update(group);
      }
    }
    for (String source : before.keySet()) {
      if (!now.containsKey(source)) {
        sink.update(new TargetGroup(source, List.of(), Labels.empty()));
      }
    }
    return now;
  }

  private List<TargetGroup> groups(KubernetesStores stores) {
    KubernetesPods pods = new KubernetesPods(stores, config.attach());
    KubernetesObjects objects = new KubernetesObjects(pods);
    KubernetesEndpoints endpoints = new KubernetesEndpoints(stores, pods);
    List<TargetGroup> groups = new ArrayList<>();
    switch (config.role()) {
      case "node" -> stores.nodes.all().forEach(node -> groups.add(objects.group(node)));
      case "pod" -> stores.pods.all().forEach(pod -> groups.add(pods.group(pod)));
      case "service" ->
          stores.services.all().forEach(service -> groups.add(objects.group(service)));
      case "ingress" ->
          stores.ingresses.all().forEach(ingress -> groups.add(objects.group(ingress)));
      case "endpoints" -> stores.endpoints.all().forEach(one -> groups.add(endpoints.group(one)));
      default -> stores.slices.all().forEach(slice -> groups.add(endpoints.group(slice)));
    }
    return groups;
  }
}
