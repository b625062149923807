package io.oriel.federation.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.config.ConfigException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BucketConfigTest {
  @Test
  void readsThanosFilesystemConfig() {
    BucketConfig config =
        BucketConfig.parse(
            "bucket.yml",
            """
            type: FILESYSTEM
            config:
              directory: data/bucket
            prefix: "/some/where/"
            hedging_config: {enabled: true, up_to: 2, quantile: 0.95}
            """);

    assertEquals(new BucketConfig.Filesystem(Path.of("data/bucket")), config.store());
    assertEquals("some/where", config.prefix());
    assertEquals(new HedgingConfig(true, 2, 0.95), config.hedging());
  }

  @Test
  void namesWhatIsSupportedWhenTheTypeIsNot() {
    String message =
        Objects.requireNonNull(
            assertThrows(
                    ConfigException.class,
                    () -> BucketConfig.parse("bucket.yml", "type: SWIFT\nconfig: {username: x}\n"))
                .getMessage());

    assertTrue(message.contains("SWIFT") && message.contains("FILESYSTEM"), message);
  }

  @Test
  void refusesUnknownKeys() {
    assertThrows(
        ConfigException.class,
        () ->
            BucketConfig.parse(
                "bucket.yml", "type: FILESYSTEM\nconfig: {directory: x, directry: y}\n"));
  }
}
