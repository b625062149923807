package io.oriel.federation.storegateway;

import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.time.Duration;
import java.util.Locale;

/// Thanos' caching bucket YAML, of which only caches in memory are known.
public final class CachingBucketYaml {
  private static final long STANDARD_BYTES = 250L << 20;
  private static final int STANDARD_SUBRANGE = 16_000;
  private static final int STANDARD_READS = 3;
  private static final long STANDARD_META = 1 << 20;
  private static final Duration DAY = Duration.ofHours(24);

  private CachingBucketYaml() {}

  /// Reads the config.
  ///
  /// @param file what errors call it
  /// @throws io.oriel.runtime.config.ConfigException with every mistake in it
  public static CachingBucket.Config parse(String file, String yaml) {
    ConfigDocument document = ConfigDocument.parse(file, yaml);
    ConfigMap root = document.root();
    String type = root.requiredString("type");
    ConfigMap store = root.map("config");
    if (!type.isEmpty() && !type.toUpperCase(Locale.ROOT).equals("IN-MEMORY")) {
      root.problem("type", "got " + Quoted.of(type) + ", want IN-MEMORY, the only one there is");
      store.keys();
    }
    long bytes = store.sizeBytes("max_size", STANDARD_BYTES);
    long itemBytes = store.sizeBytes("max_item_size", bytes / 2);
    long subrange = root.integer("chunk_subrange_size", STANDARD_SUBRANGE);
    if (subrange < 1 || subrange > 1 << 24) {
      root.problem("chunk_subrange_size", "got " + subrange + ", want 1 to 16777216");
    }
    long reads = root.integer("max_chunks_get_range_requests", STANDARD_READS);
    long metaBytes = root.sizeBytes("metafile_max_size", STANDARD_META);
    long subrangeTtl = root.durationMillis("chunk_subrange_ttl", DAY.toMillis());
    long metaTtl = root.durationMillis("metafile_content_ttl", DAY.toMillis());
    root.durationMillis("chunk_object_attrs_ttl", 0);
    root.durationMillis("blocks_iter_ttl", 0);
    root.durationMillis("metafile_exists_ttl", 0);
    root.durationMillis("metafile_doesnt_exist_ttl", 0);
    document.check();
    return new CachingBucket.Config(
        bytes,
        itemBytes,
        (int) subrange,
        Math.clamp(reads, 0, 1_000),
        Duration.ofMillis(subrangeTtl),
        Duration.ofMillis(metaTtl),
        metaBytes);
  }
}
