package io.oriel.federation.frontend;

import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.time.Duration;
import java.util.Locale;

/// Thanos' response cache YAML: how much is remembered, and for how long.
///
/// @param maxBytes about how much memory the answers may take
/// @param validity how long an answer may be used, zero for as long as there is room
public record CacheConfig(long maxBytes, Duration validity) {
  /// Reads the text of a cache config.
  ///
  /// @param file what errors call it
  /// @throws io.oriel.runtime.config.ConfigException with every mistake in it
  public static CacheConfig parse(String file, String yaml) {
    ConfigDocument document = ConfigDocument.parse(file, yaml);
    CacheConfig config = bind(document.root());
    document.check();
    return config;
  }

  private static CacheConfig bind(ConfigMap in) {
    String type = in.requiredString("type");
    ConfigMap config = in.map("config");
    if (!type.toUpperCase(Locale.ROOT).equals("IN-MEMORY")) {
      in.problem(
          "type", "got " + Quoted.of(type) + ", want IN-MEMORY: no other cache is spoken to");
      config.keys();
      return new CacheConfig(0, Duration.ZERO);
    }
    long bytes = config.sizeBytes("max_size", 0);
    if (config.integer("max_size_items", 0) != 0) {
      config.problem("max_size_items", "want max_size: answers are weighed and not counted");
    } else if (bytes <= 0) {
      config.problem("max_size", "want a size above zero, such as 256MB");
    }
    return new CacheConfig(bytes, Duration.ofMillis(config.durationMillis("validity", 0)));
  }
}
