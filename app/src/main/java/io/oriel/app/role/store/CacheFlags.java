package io.oriel.app.role.store;

import io.oriel.federation.storegateway.CachingBucket;
import io.oriel.federation.storegateway.CachingBucketYaml;
import io.oriel.federation.storegateway.IndexCache;
import io.oriel.federation.storegateway.IndexCacheYaml;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The `--index-cache*` and `--store.caching-bucket*` flags.
final class CacheFlags {
  @Option(
      names = "--index-cache-size",
      paramLabel = "SIZE",
      description = "What the index cache may hold, unless its config says so.")
  private String size = "250MB";

  @Option(
      names = "--index-cache.config-file",
      paramLabel = "FILE",
      description = "The index cache, as Thanos' YAML; only IN-MEMORY.")
  private String file = "";

  @Option(
      names = "--index-cache.config",
      paramLabel = "YAML",
      description = "The same, given here instead.")
  private String yaml = "";

  @Option(
      names = "--store.caching-bucket.config-file",
      paramLabel = "FILE",
      description = "What is kept of chunks and meta.json files, as Thanos' YAML; only IN-MEMORY.")
  private String bucketFile = "";

  @Option(
      names = "--store.caching-bucket.config",
      paramLabel = "YAML",
      description = "The same, given here instead.")
  private String bucketYaml = "";

  StoreRole.Caches caches() throws IOException {
    return new StoreRole.Caches(index(), objects());
  }

  private IndexCache.Config index() throws IOException {
    String text = text("--index-cache.config", file, yaml);
    return text.isEmpty()
        ? IndexCache.Config.ofSize(ByteSize.parse(size))
        : IndexCacheYaml.parse(name("--index-cache.config", file), text);
  }

  private Optional<CachingBucket.Config> objects() throws IOException {
    String flag = "--store.caching-bucket.config";
    String text = text(flag, bucketFile, bucketYaml);
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(CachingBucketYaml.parse(name(flag, bucketFile), text));
  }

  private static String name(String flag, String file) {
    return file.isEmpty() ? flag : file;
  }

  private static String text(String flag, String file, String yaml) throws IOException {
    if (!file.isEmpty() && !yaml.isEmpty()) {
      throw OrielException.invalid("got both " + flag + "-file and " + flag + ", want one");
    }
    return file.isEmpty() ? yaml : Files.readString(Path.of(file));
  }
}
