package io.oriel.metrics.discovery;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.oriel.metrics.config.DiscoveryConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Mirrors of the objects that one discovery needs, kept fresh by watches.
final class KubernetesStores implements AutoCloseable {
  /// One kind of object, in every namespace that is looked at.
  static final class Mirror<T extends HasMetadata> {
    private final List<SharedIndexInformer<T>> informers = new ArrayList<>();

    List<T> all() {
      List<T> found = new ArrayList<>();
      informers.forEach(informer -> found.addAll(informer.getStore().list()));
      return found;
    }

    /// @param namespace empty for objects that belong to none
    @Nullable T find(String namespace, @Nullable String name) {
      if (name == null) {
        return null;
      }
      String key = namespace.isEmpty() ? name : namespace + "/" + name;
      for (SharedIndexInformer<T> informer : informers) {
        T found = informer.getStore().getByKey(key);
        if (found != null) {
          return found;
        }
      }
      return null;
    }

    boolean isWatched() {
      return !informers.isEmpty();
    }
  }

  final Mirror<Node> nodes = new Mirror<>();
  final Mirror<Namespace> namespaces = new Mirror<>();
  final Mirror<Pod> pods = new Mirror<>();
  final Mirror<Service> services = new Mirror<>();
  final Mirror<Endpoints> endpoints = new Mirror<>();
  final Mirror<EndpointSlice> slices = new Mirror<>();
  final Mirror<Ingress> ingresses = new Mirror<>();
  final Mirror<ReplicaSet> replicaSets = new Mirror<>();
  final Mirror<Job> jobs = new Mirror<>();

  private final KubernetesClient client;
  private final DiscoveryConfig.Kubernetes config;
  private final List<String> looked;
  private final DiscoveryMetrics metrics;
  private final Runnable onChange;
  private final List<SharedIndexInformer<?>> all = new ArrayList<>();

  /// @param looked the namespaces to look at; empty for all
  /// @param onChange called after each change, on a thread of the client; must be quick
  KubernetesStores(
      KubernetesClient client,
      DiscoveryConfig.Kubernetes config,
      List<String> looked,
      DiscoveryMetrics metrics,
      Runnable onChange) {
    this.client = client;
    this.config = config;
    this.looked = looked.isEmpty() ? List.of("") : looked;
    this.metrics = metrics;
    this.onChange = onChange;
  }

  /// Starts the watches that the role and its attached metadata need.
  void start() {
    switch (config.role()) {
      case "node" -> everywhere(nodes, Node.class, "node");
      case "pod" -> namespaced(pods, Pod.class, "pod");
      case "service" -> namespaced(services, Service.class, "service");
      case "ingress" -> namespaced(ingresses, Ingress.class, "ingress");
      case "endpoints" -> {
        namespaced(endpoints, Endpoints.class, "endpoints");
        namespaced(services, Service.class, "service");
        namespaced(pods, Pod.class, "pod");
      }
      default -> {
        namespaced(slices, EndpointSlice.class, "endpointslice");
        namespaced(services, Service.class, "service");
        namespaced(pods, Pod.class, "pod");
      }
    }
    DiscoveryConfig.Attach attach = config.attach();
    if (attach.node() && !nodes.isWatched()) {
      everywhere(nodes, Node.class, "node");
    }
    if (attach.namespace()) {
      everywhere(namespaces, Namespace.class, "namespace");
    }
    if (attach.deployment() && pods.isWatched()) {
      namespaced(replicaSets, ReplicaSet.class, "replicaset");
    }
    if (attach.cronJob() && pods.isWatched()) {
      namespaced(jobs, Job.class, "job");
    }
  }

  private <T extends HasMetadata> void everywhere(Mirror<T> mirror, Class<T> type, String role) {
    watch(mirror, filtered(client.resources(type).inAnyNamespace(), role), role);
  }

  private <T extends HasMetadata> void namespaced(Mirror<T> mirror, Class<T> type, String role) {
    for (String namespace : looked) {
      watch(
          mirror,
          filtered(
              namespace.isEmpty()
                  ? client.resources(type).inAnyNamespace()
                  : client.resources(type).inNamespace(namespace),
              role),
          role);
    }
  }

  private <T extends HasMetadata, L extends KubernetesResourceList<T>, R extends Resource<T>>
      FilterWatchListDeletable<T, L, R> filtered(
          FilterWatchListDeletable<T, L, R> from, String role) {
    Optional<DiscoveryConfig.Selector> selector = config.selector(role);
    FilterWatchListDeletable<T, L, R> now = from;
    if (selector.isPresent() && !selector.get().label().isEmpty()) {
      now = now.withLabelSelector(selector.get().label());
    }
    if (selector.isPresent()) {
      for (String term : selector.get().field().split(",")) {
        int equals = term.indexOf('=');
        if (equals > 0) {
          boolean not = term.charAt(equals - 1) == '!';
          String name = term.substring(0, not ? equals - 1 : equals).strip();
          String value = term.substring(term.lastIndexOf('=') + 1).strip();
          now = not ? now.withoutField(name, value) : now.withField(name, value);
        }
      }
    }
    return now;
  }

  private <T extends HasMetadata> void watch(
      Mirror<T> mirror, FilterWatchListDeletable<T, ?, ?> from, String role) {
    SharedIndexInformer<T> informer = from.runnableInformer(0);
    informer.addEventHandler(
        new ResourceEventHandler<T>() {
          @Override
          public void onAdd(T added) {
            changed("add");
          }

          @Override
          public void onUpdate(T before, T after) {
            changed("update");
          }

          @Override
          public void onDelete(T gone, boolean unknownState) {
            changed("delete");
          }

          private void changed(String event) {
            metrics.kubernetesEvents.labelValues(role, event).inc();
            onChange.run();
          }
        });
    informer.exceptionHandler(
        (_, _) -> {
          metrics.kubernetesFailures.inc();
          return true;
        });
    var _ = informer.start();
    mirror.informers.add(informer);
    all.add(informer);
  }

  /// Whether every mirror has been filled once.
  boolean isComplete() {
    return all.stream().allMatch(SharedIndexInformer::hasSynced);
  }

  @Override
  public void close() {
    all.forEach(SharedIndexInformer::stop);
  }
}
