package io.oriel.benchmarks.ship;

import io.oriel.runtime.http.HttpClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A real Filebeat, `filebeat` or `filebeat-7`: `filestream` with the container parser, ids by
/// fingerprint so that a retry makes no double, bulks of 1,600 as it has them since version 8.
///
/// @param queue `mem`, which is its default and loses what it holds when it dies, or `disk`
/// @param gzip level of the requests' compression; 0 for none
record FilebeatPeer(String queue, int gzip) {
  void run(Path dir, Path log, int lines, URI sink, HttpClient client) throws Exception {
    Optional<Path> program = ShipPeer.program("filebeat").or(() -> ShipPeer.program("filebeat-7"));
    if (program.isEmpty()) {
      return;
    }
    Path home = Files.createTempDirectory(dir, "filebeat");
    Path config =
        Files.writeString(
            home.resolve("filebeat.yml"),
            """
            filebeat.inputs:
              - type: filestream
                id: bench
                paths: ['%1$s']
                parsers: [{container: {stream: all, format: auto}}]
            queue.%2$s: %3$s
            processors:
              - fingerprint:
                  fields: [log.file.path, log.offset]
                  method: xxhash
                  target_field: '@metadata._id'
            setup: {template.enabled: false, ilm.enabled: false}
            output.elasticsearch:
              hosts: ['%4$s']
              index: logs-bench
              bulk_max_size: 1600
              compression_level: %5$d
            """
                .formatted(
                    log,
                    queue,
                    queue.equals("disk") ? "{max_size: 1GB}" : "{events: 3200, flush.timeout: 1s}",
                    sink,
                    gzip));
    List<String> command =
        List.of(
            program.get().toString(),
            "-e",
            "-c",
            config.toString(),
            "--path.home",
            home.toString(),
            "--strict.perms=false");
    new ShipPeer("filebeat " + queue + " " + (gzip > 0 ? "gzip" : "none"), home)
        .ship(command, log, lines, sink, client);
  }
}
