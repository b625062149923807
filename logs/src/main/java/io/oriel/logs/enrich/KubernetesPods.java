package io.oriel.logs.enrich;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Pods by watching a cluster's API, those of one node or of all. Pods that are gone are kept for a
/// while, the longest gone given up first when there are too many. Thread-safe.
public final class KubernetesPods implements PodDirectory {
  private static final int MAX_GONE = 5_000;
  private static final Pattern HASH = Pattern.compile("-[a-z0-9]{5,10}$");
  private static final Pattern MINUTES = Pattern.compile("-\\d{8,10}$");

  private final KubernetesClient client;
  private final Duration keep;
  private final InstantSource clock;
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Namespace> namespaces;

  @GuardedBy("this")
  private final Map<String, PodFacts> present = new LinkedHashMap<>();

  @GuardedBy("this")
  private final LinkedHashMap<String, Gone> gone = new LinkedHashMap<>();

  private record Gone(PodFacts facts, long sinceMillis) {}

  private KubernetesPods(KubernetesClient client, String node, Duration keep, InstantSource clock) {
    this.client = client;
    this.keep = keep;
    this.clock = clock;
    this.namespaces = client.namespaces().runnableInformer(0);
    this.pods =
        node.isEmpty()
            ? client.pods().inAnyNamespace().runnableInformer(0)
            : client.pods().inAnyNamespace().withField("spec.nodeName", node).runnableInformer(0);
  }

  /// Begins to watch; returns at once. Failures are tried again by the client.
  ///
  /// @param client is taken over
  /// @param node whose pods are wanted; empty for all
  /// @param keep how long a pod that is gone is remembered
  public static KubernetesPods start(
      KubernetesClient client, String node, Duration keep, InstantSource clock) {
    KubernetesPods directory = new KubernetesPods(client, node, keep, clock);
    directory.watch();
    return directory;
  }

  private void watch() {
    pods.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(Pod pod) {
            put(pod);
          }

          @Override
          public void onUpdate(Pod before, Pod pod) {
            put(pod);
          }

          @Override
          public void onDelete(Pod pod, boolean unknown) {
            remove(pod);
          }
        });
    namespaces.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(Namespace namespace) {
            refresh(namespace);
          }

          @Override
          public void onUpdate(Namespace before, Namespace namespace) {
            refresh(namespace);
          }

          @Override
          public void onDelete(Namespace namespace, boolean unknown) {
            // its pods go too, and keep what they had
          }
        });
    var _ = namespaces.start();
    var _ = pods.start();
  }

  private static String key(String namespace, String pod) {
    return namespace + "/" + pod;
  }

  private synchronized void put(Pod pod) {
    String in = pod.getMetadata().getNamespace();
    PodFacts facts = facts(pod, namespaces.getStore().getByKey(in));
    String key = key(facts.namespace(), facts.name());
    gone.remove(key);
    PodFacts before = present.get(key);
    if (!facts.equals(before)) {
      present.put(key, facts);
    }
  }

  private synchronized void remove(Pod pod) {
    String key = key(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    PodFacts facts = present.remove(key);
    if (facts != null) {
      gone.put(key, new Gone(facts, clock.millis()));
    }
    long now = clock.millis();
    gone.values().removeIf(one -> now - one.sinceMillis > keep.toMillis());
    while (gone.size() > MAX_GONE) {
      gone.pollFirstEntry();
    }
  }

  private void refresh(Namespace namespace) {
    String name = namespace.getMetadata().getName();
    for (Pod pod : pods.getStore().list()) {
      if (name.equals(pod.getMetadata().getNamespace())) {
        put(pod);
      }
    }
  }

  static PodFacts facts(Pod pod, @Nullable Namespace namespace) {
    var meta = pod.getMetadata();
    PodStatus status = pod.getStatus();
    Map<String, PodFacts.Container> containers = new LinkedHashMap<>();
    if (pod.getSpec() != null) {
      pod.getSpec()
          .getContainers()
          .forEach(c -> containers.put(c.getName(), container(c.getName(), c.getImage(), null)));
      pod.getSpec()
          .getInitContainers()
          .forEach(c -> containers.put(c.getName(), container(c.getName(), c.getImage(), null)));
    }
    if (status != null) {
      for (ContainerStatus one : status.getContainerStatuses()) {
        containers.put(
            one.getName(), container(one.getName(), one.getImage(), one.getContainerID()));
      }
      for (ContainerStatus one : status.getInitContainerStatuses()) {
        containers.put(
            one.getName(), container(one.getName(), one.getImage(), one.getContainerID()));
      }
    }
    return new PodFacts(
        text(meta.getNamespace()),
        text(meta.getName()),
        text(meta.getUid()),
        status == null ? "" : text(status.getPodIP()),
        pod.getSpec() == null ? "" : text(pod.getSpec().getNodeName()),
        map(meta.getLabels()),
        map(meta.getAnnotations()),
        namespace == null ? Map.of() : map(namespace.getMetadata().getLabels()),
        namespace == null ? "" : text(namespace.getMetadata().getUid()),
        owners(meta.getOwnerReferences()),
        containers);
  }

  private static PodFacts.Container container(
      String name, @Nullable String image, @Nullable String id) {
    String whole = text(id);
    int scheme = whole.indexOf("://");
    return new PodFacts.Container(
        name,
        text(image),
        scheme < 0 ? whole : whole.substring(scheme + 3),
        scheme < 0 ? "" : whole.substring(0, scheme));
  }

  /// The owners that the references say, and those that their names give away: a replica set is
  /// named after its deployment and a hash, a job after its cron job and its minute.
  private static List<PodFacts.Owner> owners(@Nullable List<OwnerReference> references) {
    List<PodFacts.Owner> owners = new ArrayList<>();
    if (references == null) {
      return owners;
    }
    for (OwnerReference reference : references) {
      String kind = reference.getKind().toLowerCase(Locale.ROOT);
      owners.add(new PodFacts.Owner(kind, reference.getName()));
      Pattern own = kind.equals("replicaset") ? HASH : kind.equals("job") ? MINUTES : null;
      if (own != null && own.matcher(reference.getName()).find()) {
        owners.add(
            new PodFacts.Owner(
                kind.equals("job") ? "cronjob" : "deployment",
                own.matcher(reference.getName()).replaceFirst("")));
      }
    }
    return owners;
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Map<String, String> map(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  @Override
  public synchronized Optional<PodFacts> find(String namespace, String pod) {
    String key = key(namespace, pod);
    PodFacts facts = present.get(key);
    if (facts == null && gone.get(key) != null) {
      return Optional.ofNullable(gone.get(key)).map(Gone::facts);
    }
    return Optional.ofNullable(facts);
  }

  @Override
  public boolean isComplete() {
    return pods.hasSynced();
  }

  @Override
  public void close() {
    pods.stop();
    namespaces.stop();
    client.close();
  }
}
