package io.oriel.logs.enrich;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/// Pods as the API server writes them.
public final class TestPods {
  private TestPods() {}

  /// The facts of a pod's JSON; names that it lacks are given.
  public static PodFacts facts(String json, String namespace, String name) {
    Pod pod =
        json.contains("\"items\"")
            ? new KubernetesSerialization()
                .unmarshal(json, PodList.class).getItems().stream()
                    .filter(one -> one.getMetadata().getName().equals(name))
                    .findFirst()
                    .orElseThrow()
            : new KubernetesSerialization().unmarshal(json, Pod.class);
    if (pod.getMetadata() == null) {
      pod.setMetadata(new ObjectMeta());
    }
    pod.getMetadata().setNamespace(namespace);
    pod.getMetadata().setName(name);
    return KubernetesPods.facts(pod, null);
  }
}
