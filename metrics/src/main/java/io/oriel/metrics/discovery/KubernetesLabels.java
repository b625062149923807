package io.oriel.metrics.discovery;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.oriel.model.labels.LabelsBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Names of the `__meta_kubernetes_…` labels and what all kinds of objects have in common.
final class KubernetesLabels {
  static final String ADDRESS = "__address__";
  static final String NAMESPACE = meta("namespace");
  private static final String PREFIX = "__meta_kubernetes_";
  private static final String PRESENT = "true";

  private KubernetesLabels() {}

  static String meta(String rest) {
    return "__meta_kubernetes_" + rest;
  }

  /// Sets a label; an absent value leaves it unset.
  static void set(LabelsBuilder into, String name, @Nullable Object value) {
    if (value != null) {
      into.set(PREFIX + name, value.toString());
    }
  }

  /// Name, labels and annotations of an object.
  ///
  /// @param resource the role under which they are told
  static void object(LabelsBuilder into, ObjectMeta meta, String resource) {
    set(into, resource + "_name", meta.getName());
    labelsAndAnnotations(into, meta, resource);
  }

  static void labelsAndAnnotations(LabelsBuilder into, ObjectMeta meta, String resource) {
    tell(into, meta.getLabels(), resource + "_label");
    tell(into, meta.getAnnotations(), resource + "_annotation");
  }

  private static void tell(
      LabelsBuilder into, @Nullable Map<String, String> entries, String prefix) {
    if (entries != null) {
      entries.forEach(
          (key, value) -> {
            String name = sanitized(key);
            set(into, prefix + "_" + name, value);
            set(into, prefix + "present_" + name, PRESENT);
          });
    }
  }

  /// {@code name} with everything that a legacy label name cannot have made an underscore.
  static String sanitized(String name) {
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean kept =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      out.append(kept ? c : '_');
    }
    return out.toString();
  }

  /// The owner that controls {@code object}, or null.
  static @Nullable OwnerReference controller(HasMetadata object) {
    for (OwnerReference owner : object.getMetadata().getOwnerReferences()) {
      if (Boolean.TRUE.equals(owner.getController())) {
        return owner;
      }
    }
    return null;
  }

  /// Host and port as an address; IPv6 addresses get brackets.
  static String address(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
