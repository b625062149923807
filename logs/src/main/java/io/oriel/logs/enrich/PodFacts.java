package io.oriel.logs.enrich;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is known of a pod. Immutable.
///
/// @param owners kind in lower case and name, nearest first: replicaset before deployment
/// @param containers by name
public record PodFacts(
    String namespace,
    String name,
    String uid,
    String ip,
    String node,
    Map<String, String> labels,
    Map<String, String> annotations,
    Map<String, String> namespaceLabels,
    String namespaceUid,
    List<Owner> owners,
    Map<String, Container> containers) {
  public PodFacts {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    namespaceLabels = Map.copyOf(namespaceLabels);
    owners = List.copyOf(owners);
    containers = Map.copyOf(containers);
  }

  public record Owner(String kind, String name) {}

  /// @param id without the runtime before it; empty while it is not known
  public record Container(String name, String image, String id, String runtime) {}

  /// Which annotations become fields, and how labels are named.
  ///
  /// @param annotations names of annotations that are kept
  /// @param dedot whether dots in names of labels become underscores
  public record Shape(List<String> annotations, boolean dedot) {
    public Shape {
      annotations = List.copyOf(annotations);
    }
  }

  /// The fields of events of {@code container}, as Filebeat names them.
  Map<String, Object> fields(ContainerPath path, Shape shape) {
    Map<String, Object> kubernetes = new LinkedHashMap<>();
    kubernetes.put("namespace", namespace);
    put(kubernetes, "namespace_uid", namespaceUid);
    put(kubernetes, "namespace_labels", named(namespaceLabels, shape.dedot));
    Map<String, Object> pod = new LinkedHashMap<>();
    pod.put("name", name);
    put(pod, "uid", uid);
    put(pod, "ip", ip);
    kubernetes.put("pod", pod);
    if (!node.isEmpty()) {
      kubernetes.put("node", new LinkedHashMap<>(Map.of("name", node)));
    }
    put(kubernetes, "labels", named(labels, shape.dedot));
    Map<String, String> kept = new LinkedHashMap<>();
    for (String annotation : shape.annotations) {
      String value = annotations.get(annotation);
      if (value != null) {
        kept.put(annotation, value);
      }
    }
    put(kubernetes, "annotations", named(kept, shape.dedot));
    for (Owner owner : owners) {
      kubernetes.putIfAbsent(owner.kind, new LinkedHashMap<>(Map.of("name", owner.name)));
    }
    kubernetes.put("container", new LinkedHashMap<>(Map.of("name", path.container())));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kubernetes", kubernetes);
    Map<String, Object> container = container(path);
    if (!container.isEmpty()) {
      fields.put("container", container);
    }
    return fields;
  }

  private Map<String, Object> container(ContainerPath path) {
    Map<String, Object> fields = new LinkedHashMap<>();
    Container known = containers.get(path.container());
    put(
        fields,
        "id",
        path.containerId().isEmpty() && known != null ? known.id : path.containerId());
    if (known != null) {
      put(fields, "runtime", known.runtime);
      if (!known.image.isEmpty()) {
        fields.put("image", new LinkedHashMap<>(Map.of("name", known.image)));
      }
    }
    return fields;
  }

  private static void put(Map<String, Object> into, String key, String value) {
    if (!value.isEmpty()) {
      into.put(key, value);
    }
  }

  private static void put(Map<String, Object> into, String key, Map<String, Object> value) {
    if (!value.isEmpty()) {
      into.put(key, value);
    }
  }

  /// Without `dedot`, dots make objects, and a name that is also the beginning of another one gets
  /// `.value`, as upstream has it.
  private static Map<String, Object> named(Map<String, String> texts, boolean dedot) {
    Map<String, Object> named = new LinkedHashMap<>();
    for (String key : new java.util.TreeSet<>(texts.keySet())) {
      String value = texts.getOrDefault(key, "");
      if (dedot) {
        named.put(key.replace('.', '_'), value);
      } else {
        boolean begins = texts.keySet().stream().anyMatch(other -> other.startsWith(key + "."));
        io.oriel.logs.parse.FieldTree.put(named, begins ? key + ".value" : key, value);
      }
    }
    return named;
  }
}
