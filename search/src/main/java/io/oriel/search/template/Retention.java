package io.oriel.search.template;

import io.oriel.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// How long documents stay in which phase: a lifecycle policy in a few figures.
///
/// @param rolloverAge an index is rolled over at this age at the latest
/// @param rolloverShardBytes or when its largest primary shard has this size
/// @param warmAfter since the rollover: read-only from then on, merged into one segment
/// @param deleteAfter since the rollover
public record Retention(
    Duration rolloverAge, long rolloverShardBytes, Duration warmAfter, Duration deleteAfter) {
  private static final int HOT_PRIORITY = 100;
  private static final int WARM_PRIORITY = 50;

  public Retention {
    if (deleteAfter.compareTo(warmAfter) < 0) {
      throw new IllegalArgumentException("deletion must not come before the warm phase");
    }
  }

  /// Logs: 7 days hot, 30 in all.
  public static Retention logs() {
    return new Retention(Duration.ofDays(1), 50L << 30, Duration.ofDays(7), Duration.ofDays(30));
  }

  /// Spans: 3 days hot, 14 in all.
  public static Retention spans() {
    return new Retention(Duration.ofDays(1), 50L << 30, Duration.ofDays(3), Duration.ofDays(14));
  }

  /// The policy as ILM has it.
  public String policyJson() {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("phases").beginObject();
    json.name("hot").beginObject().name("min_age").string("0ms").name("actions").beginObject();
    json.name("set_priority").beginObject().name("priority").number(HOT_PRIORITY).endObject();
    json.name("rollover").beginObject();
    json.name("max_age").string(time(rolloverAge));
    json.name("max_primary_shard_size").string(rolloverShardBytes + "b");
    json.endObject().endObject().endObject();
    json.name("warm").beginObject().name("min_age").string(time(warmAfter));
    json.name("actions").beginObject();
    json.name("set_priority").beginObject().name("priority").number(WARM_PRIORITY).endObject();
    json.name("readonly").beginObject().endObject();
    json.name("forcemerge").beginObject().name("max_num_segments").number(1).endObject();
    json.endObject().endObject();
    json.name("delete").beginObject().name("min_age").string(time(deleteAfter));
    json.name("actions").beginObject().name("delete").beginObject().endObject().endObject();
    json.endObject().endObject();
    json.name("_meta").beginObject().name("managed_by").string("oriel").endObject();
    json.endObject();
    return new String(json.toBytes(), StandardCharsets.UTF_8);
  }

  private static String time(Duration duration) {
    if (duration.toSeconds() % 86_400 == 0) {
      return duration.toDays() + "d";
    }
    return duration.toSeconds() % 3600 == 0 ? duration.toHours() + "h" : duration.toSeconds() + "s";
  }
}
