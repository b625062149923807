package io.oriel.federation.frontend;

import io.oriel.model.json.JsonWriter;
import io.oriel.wire.storeapi.ShardInfo;
import java.nio.charset.StandardCharsets;

/// The parameter `shard_info`, as Go prints the protobuf message of that name.
final class ShardJson {
  private ShardJson() {}

  static String write(ShardInfo shard) {
    JsonWriter json = new JsonWriter().beginObject();
    json.name("shard_index").number(shard.index());
    json.name("total_shards").number(shard.total());
    json.name("by").bool(shard.by());
    json.name("labels").beginArray();
    shard.labels().forEach(json::string);
    return new String(json.endArray().endObject().toBytes(), StandardCharsets.UTF_8);
  }
}
