package io.oriel.app.role.query;

import io.oriel.app.Asking;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Components of a real Thanos.
public final class Thanos {
  private final Path directory;
  private final Closer closer;
  private final Asking asking;

  /// @param closer takes all that is started
  public Thanos(Path directory, Closer closer) throws IOException {
    this.directory = directory;
    this.closer = closer;
    this.asking = closer.push(new Asking());
  }

  public record Address(String http, String grpc) {
    public String url() {
      return "http://" + http;
    }
  }

  /// Starts a component and waits until it is ready.
  private Address start(String component, String... flags) throws Exception {
    Address addresses = new Address(Peer.freeAddress(), Peer.freeAddress());
    List<String> all =
        new ArrayList<>(
            List.of(
                component,
                "--http-address=" + addresses.http(),
                "--grpc-address=" + addresses.grpc()));
    all.addAll(List.of(flags));
    Path log = Files.createTempFile(directory, component, ".log");
    Peer peer = closer.push(Peer.start(log, "thanos", all.toArray(new String[0])));
    peer.awaitLog("status=ready");
    return addresses;
  }

  public Address query(List<String> stores) throws Exception {
    Address query =
        start(
            "query",
            Stream.concat(
                    Stream.of("--query.replica-label=replica"),
                    stores.stream().map(store -> "--endpoint=" + store))
                .toArray(String[]::new));
    for (int i = 0; i < 100; i++) {
      JsonNode known = asking.get(query.url(), "/api/v1/stores");
      if (known.path("data").toString().split("\"lastError\":null", -1).length > stores.size()) {
        return query;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("stores: " + asking.get(query.url(), "/api/v1/stores"));
  }

  public String bucketConfig(Path bucket) throws IOException {
    Path file = Files.createTempFile(directory, "objstore", ".yml");
    return Files.writeString(
            file, "type: FILESYSTEM\nconfig: {directory: '%s'}\n".formatted(bucket))
        .toString();
  }

  public Address store(Path bucket) throws Exception {
    return start(
        "store",
        "--data-dir=" + Files.createTempDirectory(directory, "store"),
        "--objstore.config-file=" + bucketConfig(bucket));
  }

  /// Merges and downsamples a bucket once.
  public String compact(Path bucket, String... flags) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "compact",
                "--data-dir=" + Files.createTempDirectory(directory, "compact"),
                "--objstore.config-file=" + bucketConfig(bucket),
                "--http-address=" + Peer.freeAddress(),
                "--consistency-delay=0s"));
    all.addAll(List.of(flags));
    Path log = Files.createTempFile(directory, "compact", ".log");
    return Peer.run(log, "thanos", all.toArray(new String[0]));
  }
}
