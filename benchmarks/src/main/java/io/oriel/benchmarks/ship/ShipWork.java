package io.oriel.benchmarks.ship;

import com.sun.management.OperatingSystemMXBean;
import io.oriel.disk.FileDisk;
import io.oriel.logs.deliver.DeliverConfig;
import io.oriel.logs.parse.ParserConfig;
import io.oriel.logs.ship.Accounting;
import io.oriel.logs.ship.ShipConfig;
import io.oriel.logs.ship.ShipInput;
import io.oriel.logs.ship.Shipper;
import io.oriel.logs.tail.TailConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.wire.compress.Compression;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Ships one file of CRI lines and prints lines by CPU second, MiB by CPU second, the most heap,
/// and the memory resident at the end; then lets others do so where their programs are ({@link
/// FilebeatPeer}, {@link RsyslogPeer}).
///
/// Arguments: lines (2,000,000), directory (a temporary one).
final class ShipWork {
  private static final String[] LEVELS = {"INFO", "WARN", "DEBUG", "ERROR"};

  private ShipWork() {}

  public static void main(String[] args) throws Exception {
    int lines = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
    Path dir = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("ship-work");
    Path log = log(dir, lines);
    run(dir, log, lines, new DeliverConfig.Packing(Compression.NONE, 0), "warm-up");
    run(dir, log, lines, new DeliverConfig.Packing(Compression.NONE, 0), "identity");
    run(dir, log, lines, new DeliverConfig.Packing(Compression.ZSTD, 1), "zstd 1");
    run(dir, log, lines, new DeliverConfig.Packing(Compression.GZIP, 1), "gzip 1");
    for (FilebeatPeer peer :
        List.of(
            new FilebeatPeer("mem", 0),
            new FilebeatPeer("mem", 1),
            new FilebeatPeer("disk", 0),
            new FilebeatPeer("disk", 1))) {
      withSink((uri, client) -> peer.run(dir, log, lines, uri, client));
    }
    withSink((uri, client) -> RsyslogPeer.run(dir, log, lines, uri, client));
  }

  /// A file of so many lines in the directory, made if it is not there.
  static Path log(Path dir, int lines) throws IOException {
    Path log = Files.createDirectories(dir.resolve("logs")).resolve("app.log");
    if (!Files.exists(log)) {
      write(log, lines);
    }
    System.out.printf(Locale.ROOT, "%d CRI lines, %.1f MiB%n", lines, Files.size(log) / 1048576.0);
    return log;
  }

  private static void write(Path log, int lines) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(log), 1 << 20)) {
      for (int i = 0; i < lines; i++) {
        String line =
            String.format(
                Locale.ROOT,
                "2024-05-01T%02d:%02d:%02d.%09dZ %s F %s request id=%016x path=/api/v1/items/%d"
                    + " status=%d duration=%dms user=\"user-%d\" message=\"handled the request\"%n",
                i / 3600 % 24,
                i / 60 % 60,
                i % 60,
                random.nextInt(1_000_000_000),
                random.nextInt(10) == 0 ? "stderr" : "stdout",
                LEVELS[random.nextInt(4)],
                random.nextLong(),
                random.nextInt(100_000),
                200 + 100 * random.nextInt(4),
                random.nextInt(2000),
                random.nextInt(5000));
        out.write(line.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /// What is done with a sink that takes everything.
  interface Work {
    void to(URI sink, HttpClient client) throws Exception;
  }

  static void withSink(Work work) throws Exception {
    Process sink = sink();
    try (BufferedReader said =
            new BufferedReader(
                new InputStreamReader(sink.getInputStream(), StandardCharsets.UTF_8));
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "ship-work")) {
      work.to(URI.create("http://127.0.0.1:" + said.readLine()), client);
    } finally {
      sink.destroy();
    }
  }

  private static void run(Path dir, Path log, int lines, DeliverConfig.Packing packing, String name)
      throws Exception {
    withSink((uri, client) -> ship(config(data(dir), log, uri, packing), client, log, lines, name));
  }

  static Path data(Path dir) throws IOException {
    return Files.createTempDirectory(dir, "data");
  }

  private static void ship(ShipConfig config, HttpClient client, Path log, int lines, String name)
      throws Exception {
    resetPeaks();
    long cpu = cpuNanos();
    long start = System.nanoTime();
    Shipper shipper = Shipper.start(config, with(client));
    while (shipper.accounting().eventsAcknowledged() < lines) {
      Thread.sleep(10);
    }
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    double seconds = (System.nanoTime() - start) / 1e9;
    Accounting accounts = shipper.accounting();
    shipper.close();
    System.out.printf(
        Locale.ROOT,
        "%-16s %,9.0f lines/CPU s  %6.1f MiB/CPU s  %,9.0f lines/s  %5.2f CPU s  heap %d MiB,"
            + " resident %d MiB%n",
        name,
        lines / cpuSeconds,
        Files.size(log) / 1048576.0 / cpuSeconds,
        lines / seconds,
        cpuSeconds,
        peakHeap() >> 20,
        residentMiB("self"));
    if (accounts.linesMissing() != 0 || accounts.eventsMissing() != 0) {
      throw new IllegalStateException(accounts.toString());
    }
  }

  /// What a process has in memory.
  static long residentMiB(String process) throws IOException {
    return Files.readAllLines(Path.of("/proc", process, "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElse(0);
  }

  private static Process sink() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx300m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            NullSink.class.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  static ShipConfig config(Path data, Path log, URI uri, DeliverConfig.Packing packing) {
    TailConfig tail =
        TailConfig.of(List.of(log.toString())).withScanInterval(Duration.ofSeconds(1));
    DeliverConfig to = DeliverConfig.to(List.of(uri)).withPacking(packing);
    return ShipConfig.of(
        data,
        List.of(ShipInput.of("bench", tail, List.of(ParserConfig.Container.auto()))),
        "logs-bench",
        to);
  }

  static Shipper.With with(HttpClient client) {
    return new Shipper.With(
        new FileDisk(),
        client,
        Optional.empty(),
        new PrometheusRegistry(),
        new Shipper.Host("node-1", "node-1", "bench"),
        InstantSource.system(),
        System::nanoTime,
        new SecureRandom());
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static void resetPeaks() throws InterruptedException {
    System.gc();
    TimeUnit.MILLISECONDS.sleep(200);
    ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  private static long peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }
}
