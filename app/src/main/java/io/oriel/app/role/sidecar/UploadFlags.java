package io.oriel.app.role.sidecar;

import io.oriel.app.flag.BucketFlags;
import io.oriel.app.process.Shipping;
import io.oriel.federation.upload.Shipper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The flags of `oriel sidecar` about uploading blocks.
final class UploadFlags {
  @Mixin private BucketFlags bucket = new BucketFlags();

  @Option(
      names = "--tsdb.path",
      paramLabel = "DIR",
      description = "The Prometheus' data directory, whose finished blocks are uploaded.")
  private Path data = Path.of("./data");

  @Option(
      names = "--shipper.upload-compacted",
      description = "Upload merged blocks that were there before, too.")
  private boolean compacted;

  @Option(
      names = "--shipper.ignore-unequal-block-size",
      description = "Upload although the Prometheus merges blocks.")
  private boolean ignoreBlockSize;

  @Option(
      names = {
        "--shipper.allow-out-of-order-uploads",
        "--shipper.skip-corrupted-blocks",
        "--shipper.meta-file-name",
        "--shipper.upload-concurrency",
        "--hash-func"
      },
      paramLabel = "VALUE",
      arity = "0..1",
      hidden = true,
      description = "Accepted for manifests that have it.")
  private List<String> unused = List.of();

  Optional<SidecarRole.Uploading> uploading() throws IOException {
    return bucket
        .config()
        .map(
            config ->
                new SidecarRole.Uploading(
                    config,
                    data,
                    compacted ? Shipper.Compacted.ALL : Shipper.Compacted.OF_ITS_TIME,
                    ignoreBlockSize,
                    Shipping.INTERVAL));
  }
}
