package io.oriel.federation.storegateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.oriel.tsdb.block.Ulid;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parts of indexes that were read before: postings lists, series entries, and the references that
/// whole selections came to. Bounded by bytes, keys included. Thread-safe.
public final class IndexCache {
  /// What is kept; the words are Thanos'.
  public enum Item {
    POSTINGS("Postings"),
    EXPANDED_POSTINGS("ExpandedPostings"),
    SERIES("Series");

    private final String word;

    Item(String word) {
      this.word = word;
    }

    /// As in `enabled_items` and the label `item_type`.
    public String word() {
      return word;
    }
  }

  /// @param maxBytes of all items together
  /// @param maxItemBytes of one; a larger one is not kept
  /// @param items which are kept
  public record Config(long maxBytes, long maxItemBytes, Set<Item> items) {
    public Config {
      items = Set.copyOf(items);
    }

    /// So many bytes for items of all sorts, half of it for one at most.
    public static Config ofSize(long maxBytes) {
      return new Config(maxBytes, maxBytes / 2, EnumSet.allOf(Item.class));
    }
  }

  /** What an entry costs beside its bytes and its key's text. */
  private static final int ENTRY_BYTES = 96;

  private static final String PREFIX = "thanos_store_index_cache_";

  private record Key(Item item, Ulid block, String text, long reference) {}

  private final Config config;
  private final Cache<Key, byte[]> cache;
  private final Counter requests;
  private final Counter hits;
  private final Counter added;
  private final Counter evicted;
  private final Counter overflowed;
  private final Gauge items;
  private final Gauge itemBytes;
  private final Gauge totalBytes;

  public IndexCache(Config config, PrometheusRegistry registry) {
    this.config = config;
    requests = counter("requests_total", "Items asked for.", registry);
    hits = counter("hits_total", "Items that were there.", registry);
    added = counter("items_added_total", "Items put in.", registry);
    evicted = counter("items_evicted_total", "Items that had to make room.", registry);
    overflowed = counter("items_overflowed_total", "Items too large to be kept.", registry);
    items = gauge("items", "Items that are there.", registry);
    itemBytes = gauge("items_size_bytes", "Their size.", registry);
    totalBytes = gauge("total_size_bytes", "Their size, keys included.", registry);
    Gauge.builder()
        .name(PREFIX + "max_size_bytes")
        .help("What all items may take.")
        .register(registry)
        .set((double) config.maxBytes());
    Gauge.builder()
        .name(PREFIX + "max_item_size_bytes")
        .help("What one item may take.")
        .register(registry)
        .set((double) config.maxItemBytes());
    for (Item item : Item.values()) {
      requests.labelValues(item.word());
      hits.labelValues(item.word());
      added.labelValues(item.word());
      evicted.labelValues(item.word());
      overflowed.labelValues(item.word());
      items.labelValues(item.word());
    }
    cache =
        Caffeine.newBuilder()
            .maximumWeight(config.maxBytes())
            .<Key, byte[]>weigher((key, value) -> weight(key, value))
            .executor(Runnable::run)
            .<Key, byte[]>removalListener(this::removed)
            .build();
  }

  private static Counter counter(String name, String help, PrometheusRegistry registry) {
    return Counter.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("item_type")
        .register(registry);
  }

  private static Gauge gauge(String name, String help, PrometheusRegistry registry) {
    return Gauge.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("item_type")
        .register(registry);
  }

  private static int weight(Key key, byte[] value) {
    return value.length + 2 * key.text().length() + ENTRY_BYTES;
  }

  private void removed(@Nullable Key key, byte @Nullable [] value, RemovalCause cause) {
    if (key != null && value != null) {
      String type = key.item().word();
      items.labelValues(type).dec();
      itemBytes.labelValues(type).dec(value.length);
      totalBytes.labelValues(type).dec(weight(key, value));
      if (cause.wasEvicted()) {
        evicted.labelValues(type).inc();
      }
    }
  }

  private byte @Nullable [] get(Key key) {
    if (!config.items().contains(key.item())) {
      return null;
    }
    requests.labelValues(key.item().word()).inc();
    byte[] found = cache.getIfPresent(key);
    if (found != null) {
      hits.labelValues(key.item().word()).inc();
    }
    return found;
  }

  private void put(Key key, byte[] value) {
    String type = key.item().word();
    if (!config.items().contains(key.item())) {
      return;
    }
    if (weight(key, value) > config.maxItemBytes()) {
      overflowed.labelValues(type).inc();
      return;
    }
    added.labelValues(type).inc();
    items.labelValues(type).inc();
    itemBytes.labelValues(type).inc(value.length);
    totalBytes.labelValues(type).inc(weight(key, value));
    cache.put(key, value);
  }

  int @Nullable [] postings(Ulid block, String name, String value) {
    byte[] packed = get(new Key(Item.POSTINGS, block, name + '\0' + value, 0));
    return packed == null ? null : PackedPostings.unpack(packed);
  }

  void putPostings(Ulid block, String name, String value, int[] references) {
    put(new Key(Item.POSTINGS, block, name + '\0' + value, 0), PackedPostings.pack(references));
  }

  int @Nullable [] expanded(Ulid block, String matchers) {
    byte[] packed = get(new Key(Item.EXPANDED_POSTINGS, block, matchers, 0));
    return packed == null ? null : PackedPostings.unpack(packed);
  }

  void putExpanded(Ulid block, String matchers, int[] references) {
    put(new Key(Item.EXPANDED_POSTINGS, block, matchers, 0), PackedPostings.pack(references));
  }

  byte @Nullable [] series(Ulid block, int reference) {
    return get(new Key(Item.SERIES, block, "", reference));
  }

  /// Keeps a series' entry; the array must not change any more.
  void putSeries(Ulid block, int reference, byte[] entry) {
    put(new Key(Item.SERIES, block, "", reference), entry);
  }
}
