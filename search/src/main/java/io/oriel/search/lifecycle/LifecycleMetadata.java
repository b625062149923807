package io.oriel.search.lifecycle;

import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.opensearch.Version;
import org.opensearch.cluster.AbstractNamedDiffable;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.NamedDiff;
import org.opensearch.cluster.metadata.Metadata;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.core.xcontent.XContentParser;

/// All policies and whether they are carried out: a part of the cluster state. Immutable.
final class LifecycleMetadata extends AbstractNamedDiffable<Metadata.Custom>
    implements Metadata.Custom {
  static final String TYPE = "index_lifecycle";
  static final LifecycleMetadata EMPTY =
      new LifecycleMetadata(new TreeMap<>(), OperationMode.RUNNING);

  private final SortedMap<String, StoredPolicy> policies;
  private final OperationMode mode;

  LifecycleMetadata(SortedMap<String, StoredPolicy> policies, OperationMode mode) {
    this.policies = Collections.unmodifiableSortedMap(policies);
    this.mode = mode;
  }

  LifecycleMetadata(StreamInput in) throws IOException {
    this(
        new TreeMap<>(in.readMap(StreamInput::readString, StoredPolicy::read)),
        in.readEnum(OperationMode.class));
  }

  static LifecycleMetadata of(ClusterState state) {
    LifecycleMetadata found = state.metadata().custom(TYPE);
    return found == null ? EMPTY : found;
  }

  static NamedDiff<Metadata.Custom> readDiff(StreamInput in) throws IOException {
    return readDiffFrom(Metadata.Custom.class, TYPE, in);
  }

  SortedMap<String, StoredPolicy> policies() {
    return policies;
  }

  @Nullable StoredPolicy policy(String name) {
    return policies.get(name);
  }

  OperationMode mode() {
    return mode;
  }

  LifecycleMetadata with(String name, StoredPolicy policy) {
    SortedMap<String, StoredPolicy> more = new TreeMap<>(policies);
    more.put(name, policy);
    return new LifecycleMetadata(more, mode);
  }

  LifecycleMetadata without(String name) {
    SortedMap<String, StoredPolicy> fewer = new TreeMap<>(policies);
    fewer.remove(name);
    return new LifecycleMetadata(fewer, mode);
  }

  LifecycleMetadata in(OperationMode other) {
    return new LifecycleMetadata(new TreeMap<>(policies), other);
  }

  ClusterState into(ClusterState state) {
    return ClusterState.builder(state)
        .metadata(Metadata.builder(state.metadata()).putCustom(TYPE, this))
        .build();
  }

  @Override
  public EnumSet<Metadata.XContentContext> context() {
    return Metadata.ALL_CONTEXTS;
  }

  @Override
  public String getWriteableName() {
    return TYPE;
  }

  @Override
  public Version getMinimalSupportedVersion() {
    return Version.CURRENT.minimumCompatibilityVersion();
  }

  @Override
  public void writeTo(StreamOutput out) throws IOException {
    out.writeMap(policies, StreamOutput::writeString, (o, policy) -> policy.writeTo(o));
    out.writeEnum(mode);
  }

  @Override
  public XContentBuilder toXContent(XContentBuilder json, Params params) throws IOException {
    json.startObject("policies");
    for (Map.Entry<String, StoredPolicy> policy : policies.entrySet()) {
      json.startObject(policy.getKey());
      json.field("policy", policy.getValue().json());
      json.field("version", policy.getValue().version());
      json.field("modified_date", policy.getValue().modifiedMillis());
      json.endObject();
    }
    json.endObject();
    return json.field("operation_mode", mode.name());
  }

  /// Reads what {@link #toXContent} wrote, from the state on disk or in a snapshot.
  static LifecycleMetadata parse(XContentParser parser) throws IOException {
    Map<String, Object> root = parser.map();
    SortedMap<String, StoredPolicy> policies = new TreeMap<>();
    if (root.get("policies") instanceof Map<?, ?> all) {
      all.forEach(
          (name, value) -> {
            if (value instanceof Map<?, ?> policy
                && policy.get("policy") instanceof String json
                && policy.get("version") instanceof Number version
                && policy.get("modified_date") instanceof Number modified) {
              policies.put(
                  name.toString(),
                  new StoredPolicy(json, version.longValue(), modified.longValue()));
            }
          });
    }
    Object mode = root.get("operation_mode");
    return new LifecycleMetadata(
        policies, OperationMode.valueOf(mode == null ? "RUNNING" : mode.toString()));
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof LifecycleMetadata other
        && policies.equals(other.policies)
        && mode == other.mode;
  }

  @Override
  public int hashCode() {
    return 31 * policies.hashCode() + mode.hashCode();
  }
}
