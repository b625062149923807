package io.oriel.federation.bucket;

import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.nio.file.Path;
import java.util.Locale;

/// Thanos' objstore YAML: which store, with which prefix, and how to read it.
///
/// @param prefix of every name, without slashes at its ends; empty for none
public record BucketConfig(Store store, String prefix, HedgingConfig hedging) {
  private static final String SUPPORTED = "FILESYSTEM, S3, GCS, AZURE";

  /// Where the objects are.
  public sealed interface Store permits Filesystem, S3Config, GcsConfig, AzureConfig {}

  /// A directory.
  public record Filesystem(Path directory) implements Store {}

  /// Reads the text of an objstore config.
  ///
  /// @param file what errors call it
  /// @throws io.oriel.runtime.config.ConfigException with every mistake in it
  public static BucketConfig parse(String file, String yaml) {
    ConfigDocument document = ConfigDocument.parse(file, yaml);
    BucketConfig config = bind(document.root());
    document.check();
    return config;
  }

  /// The bucket in a directory, without prefix.
  public static BucketConfig directory(Path directory) {
    return new BucketConfig(new Filesystem(directory), "", HedgingConfig.off());
  }

  static BucketConfig bind(ConfigMap in) {
    String type = in.requiredString("type");
    ConfigMap store = in.map("config");
    return new BucketConfig(
        switch (type.toUpperCase(Locale.ROOT)) {
          case "FILESYSTEM" -> new Filesystem(Path.of(store.requiredString("directory")));
          case "S3" -> S3Config.bind(store);
          case "GCS" -> GcsConfig.bind(store);
          case "AZURE" -> AzureConfig.bind(store);
          default -> unknown(in, store, type);
        },
        bare(in.string("prefix", "")),
        HedgingConfig.bind(in.map("hedging_config")));
  }

  private static Store unknown(ConfigMap in, ConfigMap store, String type) {
    if (!type.isEmpty()) {
      in.problem("type", "got " + Quoted.of(type) + ", want one of " + SUPPORTED);
    }
    store.keys();
    return new Filesystem(Path.of(""));
  }

  private static String bare(String prefix) {
    String bare = prefix.strip();
    while (bare.startsWith("/")) {
      bare = bare.substring(1);
    }
    while (bare.endsWith("/")) {
      bare = bare.substring(0, bare.length() - 1);
    }
    return bare;
  }

  /// Makes the bucket, with retries, hedging, metrics and limits around it. No store is asked
  /// anything yet. The caller closes it.
  public Bucket open(BucketParts parts, BucketLimits limits) {
    Bucket bucket =
        switch (store) {
          case Filesystem files ->
              FilesystemBucket.open(parts.disk(), files.directory(), parts.clock().millis());
          case S3Config s3 -> S3Bucket.open(s3);
          case GcsConfig gcs -> GcsBucket.open(gcs);
          case AzureConfig azure -> AzureBucket.open(azure);
        };
    return wrap(prefix.isEmpty() ? bucket : new PrefixedBucket(bucket, prefix), parts, limits);
  }

  /// Puts what every bucket needs around {@code bucket}, which it takes ownership of.
  Bucket wrap(Bucket bucket, BucketParts parts, BucketLimits limits) {
    Bucket limited = new LimitedBucket(bucket, limits, parts.pause(), parts.nanos());
    Bucket measured = new MeasuredBucket(limited, parts.metrics(), parts.clock(), parts.nanos());
    Bucket hedged =
        hedging.enabled()
            ? new HedgingBucket(measured, hedging, parts.metrics(), parts.nanos())
            : measured;
    return new RetryingBucket(hedged, limits.attempts(), parts.pause(), parts.random());
  }
}
