package io.oriel.search.lifecycle;

import java.io.IOException;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.common.io.stream.Writeable;

/// A policy as it lies in the cluster state.
///
/// @param json the policy in canonical form: `phases` and `_meta`
/// @param modifiedMillis since 1970
record StoredPolicy(String json, long version, long modifiedMillis) implements Writeable {
  static StoredPolicy read(StreamInput in) throws IOException {
    return new StoredPolicy(in.readString(), in.readVLong(), in.readVLong());
  }

  @Override
  public void writeTo(StreamOutput out) throws IOException {
    out.writeString(json);
    out.writeVLong(version);
    out.writeVLong(modifiedMillis);
  }

  LifecyclePolicy policy(String name) {
    return LifecyclePolicy.parse(name, json);
  }
}
