package io.oriel.benchmarks.ship;

import io.oriel.logs.deliver.DeliverConfig;
import io.oriel.logs.ship.Shipper;
import io.oriel.runtime.http.HttpClient;
import io.oriel.wire.compress.Compression;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Whether what a shipper holds grows with what it has shipped: prints the live heap, after a
/// collection, and the resident memory at each tenth of a file of CRI lines.
///
/// Arguments: lines (5,000,000), directory (a temporary one).
final class ShipMemory {
  private static final int STEPS = 10;

  private ShipMemory() {}

  public static void main(String[] args) throws Exception {
    int lines = args.length > 0 ? Integer.parseInt(args[0]) : 5_000_000;
    Path dir = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("ship-memory");
    Path log = ShipWork.log(dir, lines);
    ShipWork.withSink((uri, client) -> ship(dir, log, uri, client, lines));
  }

  private static void ship(Path dir, Path log, URI sink, HttpClient client, int lines)
      throws Exception {
    DeliverConfig.Packing packing = new DeliverConfig.Packing(Compression.GZIP, 1);
    try (Shipper shipper =
        Shipper.start(
            ShipWork.config(ShipWork.data(dir), log, sink, packing), ShipWork.with(client))) {
      for (int step = 1; step <= STEPS; step++) {
        while (shipper.accounting().eventsAcknowledged() < (long) lines * step / STEPS) {
          Thread.sleep(5);
        }
        System.gc();
        System.out.printf(
            Locale.ROOT,
            "%,d lines: live heap %.1f MiB, resident %d MiB%n",
            shipper.accounting().eventsAcknowledged(),
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1048576.0,
            ShipWork.residentMiB("self"));
      }
    }
  }
}
