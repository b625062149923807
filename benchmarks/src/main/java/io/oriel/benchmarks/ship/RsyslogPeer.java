package io.oriel.benchmarks.ship;

import io.oriel.runtime.http.HttpClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A real rsyslog: `imfile`, `omelasticsearch` in bulk mode, not compressed. It has less to do:
/// lines go on as they are, without a container runtime's prefix taken off, without ids, and
/// through its memory only.
final class RsyslogPeer {
  private RsyslogPeer() {}

  static void run(Path dir, Path log, int lines, URI sink, HttpClient client) throws Exception {
    Optional<Path> program = ShipPeer.program("rsyslogd");
    if (program.isEmpty()) {
      return;
    }
    Path home = Files.createTempDirectory(dir, "rsyslog");
    Path config =
        Files.writeString(
            home.resolve("rsyslog.conf"),
            """
            global(workDirectory="%1$s" maxMessageSize="64k")
            main_queue(queue.type="LinkedList" queue.size="100000" queue.dequeueBatchSize="1600")
            module(load="imfile")
            module(load="omelasticsearch")
            template(name="doc" type="list" option.jsonf="on") {
              property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
              property(outname="message" name="msg" format="jsonf")
              property(outname="host.name" name="hostname" format="jsonf")
              property(outname="log.file.path" name="$!metadata!filename" format="jsonf")
            }
            input(type="imfile" File="%2$s" Tag="app:" addMetadata="on")
            action(type="omelasticsearch" server="%3$s" serverport="%4$d" bulkmode="on" searchType=""
                   template="doc" searchIndex="logs-bench")
            """
                .formatted(home, log, sink.getHost(), sink.getPort()));
    List<String> command =
        List.of(
            program.get().toString(),
            "-n",
            "-f",
            config.toString(),
            "-i",
            home.resolve("rsyslog.pid").toString());
    new ShipPeer("rsyslog", home).ship(command, log, lines, sink, client);
  }
}
