package io.oriel.search.template;

import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The templates that Oriel itself brings.
public final class StoreTemplates {
  /// Of the logs template and its policy.
  public static final String LOGS = "oriel-logs";

  private static final int PRIORITY = 200;
  private static final long VERSION = 2;
  private static final String RECOVERED_AT_MOST = "64mb";

  private StoreTemplates() {}

  /// Logs: data streams `logs-<cluster>-<namespace or name>`, fields of the Elastic Common Schema.
  ///
  /// `@timestamp` keeps nanoseconds: many lines of one millisecond must stay in order, and
  /// `log.offset` and `log.file.path` tell lines of one nanosecond apart. Labels are one flat field
  /// each, however many keys clusters invent; other strings become keywords of 1024 characters at
  /// most, and an index has 1000 fields at most, beyond which fields are kept in the document and
  /// not indexed.
  public static StoreTemplate logs(ShardPlan shards) {
    Map<String, String> settings = shardSettings(shards);
    settings.put("index.refresh_interval", "5s");
    settings.put("index.codec", "best_compression");
    settings.put("index.mapping.total_fields.limit", "1000");
    settings.put("index.mapping.ignore_malformed", "true");
    settings.put("index.query.default_field", "message");
    settings.put("index.translog.durability", "request");
    return new StoreTemplate(
        LOGS,
        List.of("logs-*-*"),
        PRIORITY,
        VERSION,
        resource("logs-mappings.json"),
        settings,
        LOGS,
        "",
        "");
  }

  /// Settings for so many shards, and for a short recovery of each: what is in its translog is
  /// indexed anew after a node was killed, and the engine's own 512 MiB are minutes of that.
  public static Map<String, String> shardSettings(ShardPlan shards) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("index.number_of_shards", Integer.toString(shards.primaries()));
    settings.put("index.number_of_replicas", Integer.toString(shards.replicas()));
    settings.put("index.translog.flush_threshold_size", RECOVERED_AT_MOST);
    return settings;
  }

  private static String resource(String name) {
    try (InputStream in = StoreTemplates.class.getResourceAsStream(name)) {
      if (in == null) {
        throw OrielException.bug("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw OrielException.bug("cannot read resource " + name + ": " + e.getMessage());
    }
  }
}
