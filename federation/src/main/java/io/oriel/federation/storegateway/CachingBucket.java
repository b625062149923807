package io.oriel.federation.storegateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.ObjectEntry;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A bucket that remembers ranges of chunk objects and what is in `meta.json` files. Everything
/// else is asked for anew. Thread-safe; closing it closes the bucket beneath.
///
/// Chunk objects are cut into subranges of equal size; those of a read that are not there are
/// fetched by one read from the first to the last of them, unless that lies too far apart.
public final class CachingBucket implements Bucket {
  private static final String PREFIX = "thanos_store_bucket_cache_";
  private static final Pattern CHUNKS = Pattern.compile("[0-9A-Z]{26}/chunks/\\d+");
  private static final Pattern META = Pattern.compile("[0-9A-Z]{26}/meta\\.json");
  private static final int ENTRY_BYTES = 128;

  /// @param maxBytes of everything that is kept
  /// @param maxItemBytes of one thing; a larger one is not kept
  /// @param subrangeBytes into what chunk objects are cut
  /// @param maxReads how many reads one read may become; zero for any number
  /// @param subrangeTtl how long a part of a chunk object is kept
  /// @param metaTtl how long a `meta.json` is kept
  /// @param metaMaxBytes of a `meta.json` that is kept
  public record Config(
      long maxBytes,
      long maxItemBytes,
      int subrangeBytes,
      int maxReads,
      Duration subrangeTtl,
      Duration metaTtl,
      long metaMaxBytes) {}

  private record Key(String object, long offset, boolean meta) {}

  private final Bucket inner;
  private final Config config;
  private final Cache<Key, byte[]> cache;
  private final Counter requests;
  private final Counter hits;
  private final Counter requestedBytes;
  private final Counter fetchedBytes;
  private final Counter refetchedBytes;

  /// @param inner closed with this one
  /// @param nanos elapsed time
  public CachingBucket(
      Bucket inner, Config config, PrometheusRegistry registry, LongSupplier nanos) {
    this.inner = inner;
    this.config = config;
    requests = counter(registry, "operation_requests_total", "Requests.", "operation", "config");
    hits =
        counter(registry, "operation_hits_total", "Requests answered here.", "operation", "config");
    requestedBytes = counter(registry, "getrange_requested_bytes_total", "Asked for.", "config");
    fetchedBytes = counter(registry, "getrange_fetched_bytes_total", "Fetched.", "config");
    refetchedBytes =
        counter(
            registry,
            "getrange_refetched_bytes_total",
            "Fetched although they were there.",
            "config");
    cache =
        Caffeine.newBuilder()
            .maximumWeight(config.maxBytes())
            .<Key, byte[]>weigher(
                (key, kept) -> kept.length + 2 * key.object().length() + ENTRY_BYTES)
            .ticker(nanos::getAsLong)
            .executor(Runnable::run)
            .expireAfter(
                Expiry.writing(
                    (Key key, byte[] _) -> key.meta() ? config.metaTtl() : config.subrangeTtl()))
            .build();
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder().name(PREFIX + name).help(help).labelNames(labels).register(registry);
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public InputStream get(String name) {
    if (!META.matcher(name).matches()) {
      return inner.get(name);
    }
    requests.labelValues("get", "meta.jsons").inc();
    Key key = new Key(name, 0, true);
    byte[] kept = cache.getIfPresent(key);
    if (kept != null) {
      hits.labelValues("get", "meta.jsons").inc();
      return new ByteArrayInputStream(kept);
    }
    byte[] bytes = inner.read(name, Integer.MAX_VALUE - 8);
    if (bytes.length <= Math.min(config.metaMaxBytes(), config.maxItemBytes())) {
      cache.put(key, bytes);
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    boolean kept = CHUNKS.matcher(name).matches() && length <= Integer.MAX_VALUE / 2;
    return kept
        ? new ByteArrayInputStream(subranges(name, offset, (int) length))
        : inner.range(name, offset, length);
  }

  @Override
  public byte[] read(String name, long offset, int length) {
    return CHUNKS.matcher(name).matches()
        ? subranges(name, offset, length)
        : inner.read(name, offset, length);
  }

  private byte[] subranges(String name, long offset, int length) {
    requestedBytes.labelValues("chunks").inc(length);
    int size = config.subrangeBytes();
    long first = offset / size;
    int count = (int) ((offset + length + size - 1) / size - first);
    byte[] @Nullable [] parts = new byte[count][];
    for (int i = 0; i < count; i++) {
      requests.labelValues("getrange", "chunks").inc();
      byte[] kept = cache.getIfPresent(new Key(name, (first + i) * size, false));
      if (kept != null) {
        hits.labelValues("getrange", "chunks").inc();
        parts[i] = kept;
      }
    }
    fetchMissing(name, first, parts);
    ByteArrayOutputStream out = new ByteArrayOutputStream(length);
    long at = first * size;
    for (byte[] part : parts) {
      if (part != null) {
        int from = Math.clamp(offset - at, 0, part.length);
        int to = Math.clamp(offset + length - at, from, part.length);
        out.write(part, from, to - from);
      }
      at += size;
    }
    return out.toByteArray();
  }

  private void fetchMissing(String name, long first, byte[] @Nullable [] parts) {
    int gap = 0;
    while (config.maxReads() > 0 && reads(parts, gap) > config.maxReads()) {
      gap++;
    }
    int from = 0;
    while (from < parts.length) {
      if (parts[from] != null) {
        from++;
        continue;
      }
      int to = end(parts, from, gap);
      fetch(name, first, parts, from, to);
      from = to;
    }
  }

  /// Behind the last missing part of a read that starts at {@code from} and passes over at most
  /// {@code gap} parts that are there.
  private static int end(byte[] @Nullable [] parts, int from, int gap) {
    int end = from + 1;
    for (int i = end; i < parts.length && i - end <= gap; i++) {
      if (parts[i] == null) {
        end = i + 1;
      }
    }
    return end;
  }

  private static int reads(byte[] @Nullable [] parts, int gap) {
    int reads = 0;
    int from = 0;
    while (from < parts.length) {
      if (parts[from] == null) {
        reads++;
        from = end(parts, from, gap);
      } else {
        from++;
      }
    }
    return reads;
  }

  private void fetch(String name, long first, byte[] @Nullable [] parts, int from, int to) {
    int size = config.subrangeBytes();
    byte[] bytes = inner.read(name, (first + from) * size, (to - from) * size);
    fetchedBytes.labelValues("chunks").inc(bytes.length);
    for (int i = from; i < to; i++) {
      int start = Math.min((i - from) * size, bytes.length);
      int end = Math.min(start + size, bytes.length);
      if (parts[i] != null) {
        refetchedBytes.labelValues("chunks").inc(end - start);
        continue;
      }
      byte[] part = Arrays.copyOfRange(bytes, start, end);
      parts[i] = part;
      if (part.length > 0 && part.length <= config.maxItemBytes()) {
        cache.put(new Key(name, (first + i) * size, false), part);
      }
    }
  }

  @Override
  public ObjectEntry attributes(String name) {
    return inner.attributes(name);
  }

  @Override
  public boolean exists(String name) {
    return inner.exists(name);
  }

  @Override
  public void upload(String name, Content content) {
    inner.upload(name, content);
    forget(name);
  }

  @Override
  public void delete(String name) {
    inner.delete(name);
    forget(name);
  }

  private void forget(String name) {
    cache.asMap().keySet().removeIf(key -> key.object().equals(name));
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    inner.iter(directory, depth, visitor);
  }

  @Override
  public void close() {
    cache.invalidateAll();
    inner.close();
  }
}
