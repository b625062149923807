package io.oriel.federation.storegateway;

import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Thanos' index cache YAML. Only caches in memory are known: a cache on other machines would be
/// one more thing that can be down.
public final class IndexCacheYaml {
  private static final long STANDARD_BYTES = 250L << 20;
  private static final long STANDARD_ITEM_BYTES = 125L << 20;

  private IndexCacheYaml() {}

  /// Reads `type`, `config.max_size`, `config.max_item_size` and `enabled_items`.
  ///
  /// @param file what errors call it
  /// @throws io.oriel.runtime.config.ConfigException with every mistake in it
  public static IndexCache.Config parse(String file, String yaml) {
    ConfigDocument document = ConfigDocument.parse(file, yaml);
    ConfigMap root = document.root();
    String type = root.requiredString("type");
    ConfigMap config = root.map("config");
    if (!type.isEmpty() && !type.toUpperCase(Locale.ROOT).equals("IN-MEMORY")) {
      root.problem("type", "got " + Quoted.of(type) + ", want IN-MEMORY, the only one there is");
      config.keys();
    }
    long bytes = config.sizeBytes("max_size", STANDARD_BYTES);
    long itemBytes = config.sizeBytes("max_item_size", Math.min(STANDARD_ITEM_BYTES, bytes));
    if (itemBytes > bytes) {
      config.problem("max_item_size", "got " + itemBytes + " bytes, want at most max_size");
    }
    Set<IndexCache.Item> items = items(root, config);
    document.check();
    return new IndexCache.Config(bytes, itemBytes, items);
  }

  private static Set<IndexCache.Item> items(ConfigMap root, ConfigMap config) {
    EnumSet<IndexCache.Item> items = EnumSet.noneOf(IndexCache.Item.class);
    for (ConfigMap place : List.of(root, config)) {
      for (String word : place.strings("enabled_items")) {
        boolean known = false;
        for (IndexCache.Item item : IndexCache.Item.values()) {
          if (item.word().equals(word)) {
            known = items.add(item) || known;
          }
        }
        if (!known) {
          place.problem(
              "enabled_items",
              "got " + Quoted.of(word) + ", want Postings, ExpandedPostings or Series");
        }
      }
    }
    return items.isEmpty() ? EnumSet.allOf(IndexCache.Item.class) : items;
  }
}
